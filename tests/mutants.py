#!/usr/bin/env python3
"""Mutation check: one constant, mask or bound of each kernel family is changed, and the verifier must notice.

usage: mutants.py SOURCE_ROOT WORK_FOLDER [FAMILY...]

The tree is copied and configured once; each mutant rewrites one file, rebuilds, and runs `tern verify --quick` on its
family. Prints TAP: "ok" names the mutant and the case that killed it. A mutant whose text is not in the source is an error:
the list has to follow the code. Mutants that only this CPU's missing instructions could run are skipped.
"""
import pathlib
import re
import shutil
import subprocess
import sys

# family, file below kernels/, text, replacement, filter of `tern verify`
MUTANTS = [
    ("i2s scalar", "scalar/int8.c", "6 - i % 128 / 32 * 2", "6 - i % 128 / 32 * 2 + (i == 127 ? 2 : 0)", "i2s.*__scalar"),
    ("blocks avx2: flush bound", "x86/blocks_avx2.c", "BLOCKS_PER_FLUSH = 16", "BLOCKS_PER_FLUSH = 17", "i2s.*__avx2"),
    ("blocks avx2: shift", "x86/blocks_avx2.c", "6 - 2 * g : 2 * g", "6 - 2 * g : 2 * (g & 1)", "tq20.*__avx2"),
    ("blocks avx512: shift", "x86/blocks_avx512vnni.c", "6 - 2 * g : 2 * g", "4 - g : 2 * g", "i2s.*__avx512vnni"),
    ("p64 avx2: flush bound", "x86/panel_avx2.h", "TERN_FLUSH = 63", "TERN_FLUSH = 65", "gemv_p64.*__avx2"),
    ("p64 avx512: mask", "x86/p64_avx512vnni.c", "_mm512_set1_epi8(0x0f)", "_mm512_set1_epi8(0x1f)", "gemv_p64.*__avx512vnni"),
    ("panels avx512: telescoping shift", "x86/panel_avx512.h", "d2, d1), 4)", "d2, d1), 3)", "gemv_p64.*__avx512vnni"),
    ("panels avx512: rows at the end", "x86/panel_avx512.h", "end - row >= 16", "end - row >= 15", "gemv_p64.*__avx512vnni"),
    ("unpacked gemm: block of K", "x86/unpacked_avx512.h", "g0 == 0)", "g0 <= block)", "unpack__avx512vnni"),
    ("e80 avx2: base", "x86/e80_avx2.c", "third(low, 17, &c)", "third(low, 18, &c)", "e80.*__avx2"),
    ("e80 avx512: escape bound", "x86/e80_avx512vbmi.c", "(char)0xc0", "(char)0xc1", "e80.*__avx512vbmi"),
    ("e80 table", "formats/e80.c", "0xaa, 0x91, 0x92", "0xaa, 0x92, 0x92", "e80.*__avx512vbmi"),
    ("dense f16 avx2: tail", "x86/dense_avx2.c", "if (left >= 8) return _mm256_cvtph_ps", "if (left >= 7) return _mm256_cvtph_ps", "gem[vm]_f16.*__avx2"),
    ("dense f32 avx512: tail", "x86/dense_avx512bw.c", "((1u << left) - 1)", "((1u << left) / 2 - 1)", "gem[vm]_f32.*__avx512bw"),
    ("r16: field shift", "x86/r16_template.h", "V(srai_epi32)(a[2], 4)", "V(srai_epi32)(a[2], 5)", "r16.*__avx512vnni"),
    ("r16 avx2: sum", "x86/r16_template.h", "V(srai_epi32)(sum[j][s][1], 2)", "V(srai_epi32)(sum[j][s][1], 1)", "r16.*__avx2"),
    ("m80: even bytes", "x86/m80_template.h", "v_words(0x00ff)", "v_words(0x007f)", "m80.*__avx512vnni"),
    ("t5 avx512: table", "x86/t5_avx512vbmi.c", "0x19, 0x1a, 0x20", "0x19, 0x1a, 0x21", "t5.*__avx512vbmi"),
    ("t5 avx2: table", "x86/t5_avx2.c", "_mm256_setr_epi8(0x19, 0x1a", "_mm256_setr_epi8(0x1a, 0x1a", "t5.*__avx2"),
    ("b128: telescoping", "x86/b128_template.h", "V(sub_epi32)(p[f], p[f - 1]), f)", "V(sub_epi32)(p[f], p[f - 1]), f - (f == 5))", "b128.*__avx512vnni"),
    ("planes avx2: bit mask", "x86/planes_avx2.c", "0x8040201008040201", "0x8040201008040202", "planes.*__avx2"),
    ("popcount: sign bit", "x86/popcount_avx512popcnt.c", "_mm512_sub_epi64(acc[0], _mm512_slli_epi64(acc[7], 7))", "_mm512_add_epi64(acc[0], _mm512_slli_epi64(acc[7], 7))", "popcount.*__avx512popcnt"),
    ("r16 avx2: flush bound", "parts_planes.c", "FLUSH(8, 2, 4, 8)", "FLUSH(8, 2, 4, 9)", "gemv_r16_i8_r16k16__avx2"),
    ("m80 avx2: flush bound", "parts_planes.c", "FLUSH(16, 4, 8, 16)", "FLUSH(16, 4, 8, 17)", "gemv_m80.*__avx2"),
    ("t5 avx2: flush bound", "parts_planes.c", "FLUSH(16, 4, 8, 16)", "FLUSH(16, 4, 8, 17)", "gemv_t5.*__avx2"),
    ("b128 avx2: flush bound", "parts_planes.c", "FLUSH(16, 4, 8, 16)", "FLUSH(16, 4, 8, 17)", "gemv_b128.*__avx2"),
    ("popcount avx2: flush bound", "parts_planes.c", "FLUSH(16, 4, 8, 16)", "FLUSH(16, 4, 8, 17)", "planes.*popcount__avx2"),
    ("planes avx2: flush bound", "parts_planes.c", "FLUSH(31, 7, 15, 31)", "FLUSH(31, 7, 15, 33)", "planes_i8_r2k64__avx2"),
    ("planes avx2: flush bound, masked", "parts_planes.c", "FLUSH(63, 15, 31, 63)", "FLUSH(63, 15, 31, 65)", "masked__avx2"),
    ("unpack avx2: block bound", "parts_planes.c", "{64, 128, 252}", "{64, 128, 260}", "m80.*unpack__avx2"),
    ("m80: reciprocal", "x86/m80_template.h", "R81 = 810", "R81 = 809", "m80.*__avx512vnni"),
    ("t5 avx512: cut", "x86/t5_avx512vbmi.c", "0x231e19140f0a0500", "0x231e19140f0a0600", "t5.*__avx512vbmi"),
    ("popcount: sign of a narrow plane", "x86/popcount_avx512popcnt.c", "b == last ? -(1 << b)", "b == last ? (1 << b)", "narrow"),
    ("planes avx512 f32: mask", "x86/planes_avx512bw.c", "minus = mask_16(at + 8 + 2 * h)", "minus = mask_16(at + 8 + 2 * h) & 0x7fff", "planes_f32.*__avx512bw"),
    ("bin1 avx512: code", "x86/planes_avx512vnni.c", "v_bytes(2)", "v_bytes(1)", "bin1.*__avx512vnni"),
    ("activation columns: tail", "parts.c", "if (t < c->x->n)", "if (t <= c->x->n)", "gemm_p64.*n6__avx512vnni"),
]


def run(*command, **more):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)


source, work = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
only = sys.argv[3:]
copy, build = work / "source", work / "build"
shutil.rmtree(copy, ignore_errors=True)
for name in run("git", "-C", source, "ls-files", "-z").stdout.split("\0"):
    if name and (source / name).is_file():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, copy / name)
if not (build / "build.ninja").exists():
    options = [f"-D{o}=disabled" for o in ("tests", "openblas", "onednn", "papi", "gbench", "hwloc", "libedit")]
    made = run("meson", "setup", build, copy, "-Dwerror=false", *options)
    if made.returncode:
        sys.exit("mutants: meson setup failed:\n" + made.stdout[-2000:])
if run("ninja", "-C", build).returncode:
    sys.exit("mutants: the unchanged tree does not build")
tern = build / "cli/tern"
usable = run(tern, "list", "--runnable").stdout
mutants = [m for m in MUTANTS if not only or any(o in m[0] for o in only)]
print(f"1..{len(mutants)}", flush=True)
survivors = 0
for number, (family, name, text, change, pattern) in enumerate(mutants, 1):
    target = copy / "kernels" / name
    original = target.read_text()
    if not re.search(pattern, usable):
        print(f"ok {number} - {family} = SKIP".replace("=", "#") + f" no variant like {pattern} runs here", flush=True)
        continue
    verdict = "not ok"
    if text not in original:
        why = f"the text is no longer in kernels/{name}"
    else:
        target.write_text(original.replace(text, change))
        built = run("ninja", "-C", build)
        if built.returncode:
            why = "the mutant does not compile: " + built.stdout[-300:].replace("\n", " ")
        else:
            seen = run(tern, "verify", "--quick", "--seed", "1", "-q", "--filter", pattern)
            killer = next((l for l in seen.stdout.splitlines() if re.match("WRONG|CRASHED|TIMED OUT", l)), None)
            if seen.returncode == 1 and killer:
                verdict, why = "ok", "killed by " + re.sub(r"\s+", " ", killer)[:150]
            else:
                why = f"survived: verify exits {seen.returncode}"
        target.write_text(original)
    survivors += verdict != "ok"
    print(f"{verdict} {number} - {family}: {why}".replace("#", "="), flush=True)
sys.exit(1 if survivors else 0)
