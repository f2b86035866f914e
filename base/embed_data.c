/* Build step: embed NAME INPUT OUTPUT writes a C file that defines NAME as the bytes of INPUT and a NUL. */
#include <stdio.h>

int main(int argc, char **argv) {
    if (argc != 4) return fputs("usage: embed NAME INPUT OUTPUT\n", stderr), 2;
    FILE *in = fopen(argv[2], "rb"), *out = fopen(argv[3], "wb");
    if (!in || !out) return perror(in ? argv[3] : argv[2]), 1;
    fprintf(out, "extern const unsigned char %s[];\nconst unsigned char %s[] = {", argv[1], argv[1]);
    int c;
    for (unsigned long n = 0; (c = getc(in)) != EOF; n++) fprintf(out, "%s%d,", n % 24 ? "" : "\n", c);
    fputs("0};\n", out);
    const int failed = ferror(in) || ferror(out);
    return fclose(in) || fclose(out) || failed;
}
