#include "base/talk/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { LETTERS = 64 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static int same(char a, char b) {
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* How many letters must be added, taken away, changed or swapped with their neighbour. Both words are short. */
static size_t mistakes(const char *a, size_t n, const char *b, size_t m) {
    size_t row[3][LETTERS + 1]; /* of the last letter but one of `a`, the last one, this one */
    for (size_t j = 0; j <= m; j++) row[1][j] = j;
    for (size_t i = 1; i <= n; i++) {
        row[2][0] = i;
        for (size_t j = 1; j <= m; j++) {
            const size_t changed = row[1][j - 1] + !same(a[i - 1], b[j - 1]);
            row[2][j] = least(changed, 1 + least(row[1][j], row[2][j - 1]));
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                row[2][j] = least(row[2][j], row[0][j - 2] + 1);
        }
        memcpy(row[0], row[1], sizeof *row);
        memcpy(row[1], row[2], sizeof *row);
    }
    return row[1][m];
}

const char *tern_nearest(const char *typed, const char *const *word, size_t count) {
    const size_t n = strlen(typed);
    const char *best = NULL;
    size_t fewest = LETTERS;
    for (size_t i = 0; i < count; i++) {
        const size_t m = word[i] ? strlen(word[i]) : 0;
        if (!m || n > LETTERS || m > LETTERS) continue;
        const size_t wrong = mistakes(typed, n, word[i], m);
        if (wrong < fewest && 3 * wrong <= (n > m ? n : m)) best = word[i], fewest = wrong;
    }
    return best;
}

void tern_nearest_text(const char *typed, const char *const *word, size_t count, char *out, size_t bytes) {
    const char *best = tern_nearest(typed, word, count);
    snprintf(out, bytes, "%s%s%s", best ? "; did you mean " : "", best ? best : "", best ? "?" : "");
}
