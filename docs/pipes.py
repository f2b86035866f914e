#!/usr/bin/env python3
"""How many vector operations a core starts per cycle, alone and beside vpdpbusd: the budget of docs/targets.md.

    docs/pipes.py

Writes loops of independent 512-bit operations as asm, compiles them with cc, and prints the time of each in units of one
vpdpbusd (the median of 31 runs and the median deviation from it). Needs AVX-512 VNNI, VBMI, VBMI2, GFNI. The last rows are the loop
of t24 (kernels/x86/panels/t24_loop.h): 24 vpdpbusd, 8 vpermb, 16 vpand, 7 shifts, 4 merges, in its order, on registers and on
five lines that stay in L1.
"""
import pathlib
import subprocess
import sys
import tempfile

OPERATION = {
    "vpermb": "vpermb %%zmm24, %%zmm25, %%zmm{}",
    "vpshufb": "vpshufb %%zmm24, %%zmm25, %%zmm{}",
    "vpermi2b": "vpermi2b %%zmm24, %%zmm25, %%zmm{}",
    "vpsrlw": "vpsrlw $3, %%zmm25, %%zmm{}",
    "vpand": "vpandd %%zmm24, %%zmm25, %%zmm{}",
    "vpaddb": "vpaddb %%zmm24, %%zmm25, %%zmm{}",
    "vpternlog": "vpternlogd $0xd8, %%zmm24, %%zmm25, %%zmm{}",
    "vpcmpub": "vpcmpub $5, %%zmm24, %%zmm25, %%k{}",
    "vpmovb2m": "vpmovb2m %%zmm24, %%k{}",
    "vpmultishiftqb": "vpmultishiftqb %%zmm24, %%zmm25, %%zmm{}",
    "vgf2p8affineqb": "vgf2p8affineqb $0, %%zmm24, %%zmm25, %%zmm{}",
    "vpopcntb": "vpopcntb %%zmm25, %%zmm{}",
}
CLOBBERS = ", ".join(f'"xmm{i}"' for i in range(32)) + ", " + ", ".join(f'"k{i}"' for i in range(1, 8))


def eight(name):
    return [OPERATION[name].format(1 + i % 7 if "k{}" in OPERATION[name] else 8 + i) for i in range(8)]


def dot(target, source):
    return f"vpdpbusd %%zmm27, %%zmm{source}, %%zmm{target}"


def beside(operations):
    return [line for i, o in enumerate(operations) for line in (o, dot(i, 26))]


def t24(memory):
    """The order of T24_LINES; registers: one line for all."""
    lines = []

    def code(line, x):
        lines.append(f"vmovdqa64 {64 * line}(%1), %%zmm{x}" if memory else f"vpord %%zmm25, %%zmm25, %%zmm{x}")
        lines.append(f"vpermb %%zmm24, %%zmm{x}, %%zmm{x}")

    def shifted(line, by, x):
        lines.append(f"vpsrlw ${by}, {64 * line}(%1), %%zmm{x}" if memory else f"vpsrlw ${by}, %%zmm25, %%zmm{x}")

    def merged(low, highs, x):
        shifted(low, 5, x)
        for line, by in highs:
            shifted(line, by, 31)
            lines.append(f"vpternlogd $0xd8, %%zmm25, %%zmm31, %%zmm{x}")
        lines.append(f"vpermb %%zmm24, %%zmm{x}, %%zmm{x}")

    def add(x, first):
        lines.extend([f"vpandd %%zmm25, %%zmm{x}, %%zmm30", f"vpandd %%zmm26, %%zmm{x}, %%zmm31",
                      dot(first, 30), dot(first + 1, 31), dot(first + 2, x)])

    code(0, 28)
    for j, x in ((1, 29), (2, 28), (3, 29), (4, 28)):
        code(j, x)
        add(57 - x, 3 * (j - 1))
    merged(0, [(3, 3)], 29)
    add(28, 12)
    merged(1, [(4, 3)], 28)
    add(29, 15)
    merged(2, [(3, 2), (4, 1)], 29)
    add(28, 18)
    add(29, 21)
    return lines if memory else [l for l in lines if "vpord" not in l]


def main():
    loops = [("8 vpdpbusd", [dot(i, 26) for i in range(8)])]
    for name in OPERATION:
        loops += [(f"8 {name}", eight(name)), (f"8 {name} and 8 vpdpbusd", beside(eight(name)))]
    loops += [("t24, registers", t24(False)), ("t24, lines in L1", t24(True))]
    text = ['#include <stdio.h>', '#include <stdlib.h>', '#include <time.h>',
            'static char line[320] __attribute__((aligned(64)));',
            'static int order(const void *a, const void *b) { double x = *(const double *)a, y = *(const double *)b;'
            ' return (x > y) - (x < y); }']
    for i, (_, body) in enumerate(loops):
        asm = "".join(f'"{line}\\n\\t"\n' for line in body)
        text.append(f'static void loop{i}(long n) {{ __asm__ volatile("1:\\n\\t" {asm} "dec %0\\n\\tjnz 1b" '
                    f': "+r"(n) : "r"(line) : "memory", "cc", {CLOBBERS}); }}')
    text.append('int main(void) { static void (*const f[])(long) = {' + ", ".join(f"loop{i}" for i in range(len(loops))) +
                '}; for (unsigned i = 0; i < sizeof f / sizeof *f; i++) { double s[31]; for (int r = 0; r < 31; r++) {'
                ' struct timespec a, b; clock_gettime(CLOCK_MONOTONIC, &a); f[i](20000); clock_gettime(CLOCK_MONOTONIC, &b);'
                ' s[r] = ((b.tv_sec - a.tv_sec) * 1e9 + (b.tv_nsec - a.tv_nsec)) / 20000; } qsort(s, 31, sizeof *s, order);'
                ' double m = s[15]; for (int r = 0; r < 31; r++) s[r] = s[r] > m ? s[r] - m : m - s[r]; qsort(s, 31, sizeof *s, order); printf("%g %g\\n", m, s[15]); } }')
    with tempfile.TemporaryDirectory() as folder:
        source, program = pathlib.Path(folder) / "pipes.c", pathlib.Path(folder) / "pipes"
        source.write_text("\n".join(text))
        subprocess.run(["cc", "-O2", "-mavx512f", "-o", program, source], check=True)
        seen = subprocess.run([program], capture_output=True, text=True)
    if seen.returncode:
        sys.exit("pipes: this processor lacks an instruction (AVX-512 VNNI, VBMI, VBMI2, GFNI, BITALG)")
    rows = [tuple(map(float, row.split())) for row in seen.stdout.splitlines()]
    unit = rows[0][0] / 8
    print(f"one vpdpbusd: {unit:.3f} ns")
    for (name, _), (median, deviation) in zip(loops, rows):
        print(f"{name:36} {median / unit:6.2f} ± {deviation / unit:.2f}")


main()
