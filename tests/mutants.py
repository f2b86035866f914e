#!/usr/bin/env python3
"""Mutation check: one constant, mask or bound of each kernel family is changed, and the verifier must notice.

usage: mutants.py SOURCE_ROOT WORK_FOLDER [--arm FOLDER] [WORD...]   (only mutants whose family or change holds one of the words)

With --arm the mutants are those of tests/mutants_arm.py, built and run for 64-bit ARM by what tests/drills/arm.sh left in its FOLDER:
cross.ini and sysroot/.

The tree is copied and configured once; each mutant rewrites one file, rebuilds, and runs `tern verify` (the quick proof
where that is enough) on its family. Prints TAP: "ok" names the mutant and the case that killed it. A mutant whose text is not in the source is an error:
the list has to follow the code. Mutants that only this CPU's missing instructions could run are skipped.
"""
import pathlib
import re
import shutil
import subprocess
import sys

# family, kind and place of the change, file below kernels/, text, replacement, filter of `tern verify` (behind "full ":
# only the full proof, with its longest K, reaches the bound). Each family has at least one constant, mask and bound.
MUTANTS = [
    ("file layouts", "constant: scalar i2s shift", "scalar/int8.c", "6 - i % 128 / 32 * 2", "6 - i % 128 / 32 * 2 + (i == 127 ? 2 : 0)", "i2s.*__scalar"),
    ("file layouts", "constant: avx2 shift", "x86/blocks_avx2.c", "6 - 2 * g : 2 * g", "6 - 2 * g : 2 * (g & 1)", "tq20.*__avx2"),
    ("file layouts", "constant: avx512 shift", "x86/blocks_avx512.h", "6 - 2 * g : 2 * g", "4 - g : 2 * g", "i2s.*__avx512vnni"),
    ("file layouts", "constant: gfni matrix", "x86/blocks_avx512.h", "0x0102000000000000ull", "0x0104000000000000ull", "i2s.*__gfni"),
    ("file layouts", "mask: avx512 fields", "x86/blocks_avx512.h", "v_bytes(3)", "v_bytes(7)", "tq20.*__avx512vnni"),
    ("file layouts", "mask: gfni, the field without a shift", "x86/blocks_avx512.h", "v_bytes(3)", "v_bytes(7)", "tq20.*__gfni"),
    ("file layouts", "bound: avx2 flush", "flush.h", "TERN_INT16_LEAST = 32768", "TERN_INT16_LEAST = 36864", "i2s.*__avx2"),
    ("file layouts", "bound: last block of 128", "x86/blocks_avx512.h", "if (k % 256) {", "if (k % 256 > 128) {", "i2s.*__gfni"),
    ("row panels", "constant: telescoping shift", "x86/panels/panel.h", "sum[f - 1]), 2 * f)", "sum[f - 1]), 2 * f - (f == 2))", "gemv_p64.*__avx512vnni"),
    ("row panels", "constant: r16 field shift", "x86/panels/r16.h", "v_sra32(sum[f], 2 * f)", "v_sra32(sum[f], 2 * f + (f == 2))", "r16.*__avx512vnni"),
    ("row panels", "constant: r16 avx2 sum", "x86/panels/r16.h", "v_sra32(sum[1], 2)", "v_sra32(sum[1], 1)", "r16.*__avx2"),
    ("row panels", "mask: p64 avx512", "x86/panels/p64.h", "(4 << 2 * f) - 1", "(4 << 2 * f) - 1 + 16 * (f == 1)", "gemv_p64.*__avx512vnni"),
    ("row panels", "constant: top digit of p64t", "x86/panels/p64t.h", "v_bytes(64)", "v_bytes(65)", "gemm_p64t.*_tile__avx2"),
    ("row panels", "bound: p64 avx2 flush", "flush.h", "TERN_INT16_MOST = 32767", "TERN_INT16_MOST = 34816", "gemv_p64.*__avx2"),
    ("row panels", "bound: r16 avx2 flush", "flush.h", "TERN_INT16_LEAST = 32768", "TERN_INT16_LEAST = 36864", "gemv_r16_i8_r16k16__avx2"),
    ("row panels", "bound: rows at the end", "x86/vec_avx512.h", "live >= 16", "live >= 15", "gemv_p64.*__avx512vnni"),
    ("five-bit triples", "constant: avx512 table", "x86/panels/t5_avx512vbmi.h", "0x19, 0x1a, 0x20", "0x19, 0x1a, 0x21", "t5.*__avx512vbmi"),
    ("five-bit triples", "constant: avx2 table", "x86/panels/t5_avx2.h", "_mm256_setr_epi8(0x19, 0x1a", "_mm256_setr_epi8(0x1a, 0x1a", "t5.*__avx2"),
    ("five-bit triples", "constant: avx512 cut", "x86/panels/t5_avx512vbmi.h", "0x231e19140f0a0500", "0x231e19140f0a0600", "t5.*__avx512vbmi"),
    ("five-bit triples", "mask: avx2 odd code", "x86/panels/t5_avx2.h", "v_words(0x1f00)", "v_words(0x0f00)", "t5.*__avx2"),
    ("five-bit triples", "mask: avx512 unpacked field", "x86/panels/t5_avx512vbmi.h", "v_bytes(0x30)), 4)", "v_bytes(0x10)), 4)", "t5.*_tile__avx512vbmi"),
    ("five-bit triples", "bound: avx2 flush", "flush.h", "TERN_INT16_LEAST = 32768", "TERN_INT16_LEAST = 36864", "gemv_t5.*__avx2"),
    ("triples in whole lines", "constant: table", "x86/panels/t24.h", "0x1a, 0x20, 0x21", "0x1a, 0x20, 0x20", "t24.*__avx512vbmi"),
    ("triples in whole lines", "constant: lanes of a narrow panel", "x86/panels/t24.h", "out + 4 * (g * lanes + l), q + 4 * g, 4)", "out + 4 * (g * lanes + l), q + 4 * g, 3)", "gemv_t24.*__avx512vbmi"),
    ("triples in whole lines", "mask: merge in the loop", "x86/panels/t24.h", "{T24_64(0x18)}", "{T24_64(0x1c)}", "gemv_t24.*__avx512vbmi"),
    ("triples in whole lines", "bound: rows at the end", "x86/panels/t24.h", "tern_min(8, end - row - 8 * f)", "8", "gemv_t24.*__avx512vbmi"),
    ("triples in whole lines", "bound: chunks beyond K", "x86/gemm/read_lines.h", "bytes - TERN_T24_CHUNK)", "bytes + 4096)", "gemm_t24.*__avx512vbmi"),
    ("base 3", "constant: e80 avx2", "x86/panels/e80_avx2.h", "third(low, 17, &c)", "third(low, 18, &c)", "e80.*__avx2"),
    ("base 3", "constant: e80 table", "formats/memory/e80.c", "0xaa, 0x91, 0x92", "0xaa, 0x92, 0x92", "e80.*__avx512vbmi"),
    ("base 3", "constant: m80 reciprocal", "x86/panels/m80.h", "R81 = 810", "R81 = 809", "m80.*__avx512vnni"),
    ("base 3", "mask: m80 even bytes", "x86/panels/m80.h", "v_words(0x00ff)", "v_words(0x007f)", "m80.*__avx512vnni"),
    ("base 3", "bound: e80 escape", "x86/panels/e80_avx512vbmi.h", "v_bytes(0xc0)", "v_bytes(0xc1)", "e80.*__avx512vbmi"),
    ("base 3", "constant: digits of b80", "x86/panels/b80.h", "v_bytes(-43)", "v_bytes(-42)", "gemm_b80.*_tile__avx2"),
    ("base 3", "mask: b80 unsigned", "x86/panels/b80.h", "v_bytes(0x80)", "v_bytes(0x81)", "gemv_b80.*__avx512vnni"),
    ("base 3", "bound: the longest K of b80", "formats/memory/b80.h", "TERN_B80_K_MAX = 65535", "TERN_B80_K_MAX = 65791", "full gemv_b80_i8_r80k4__avx512vnni"),
    ("base 3", "bound: m80 avx2 flush", "flush.h", "TERN_INT16_LEAST = 32768", "TERN_INT16_LEAST = 36864", "gemv_m80.*__avx2"),
    ("look-up of bytes", "constant: g2 table", "x86/lut/build.h", "0,0, 1,0, 2,0, 0,1, 1,1, 2,1, 0,2, 1,2,   2,2, 1,1", "0,0, 1,0, 2,0, 0,1, 1,1, 2,1, 0,2, 1,2,   2,1, 1,1", "g2.*__(ssse3|avx2)"),
    ("look-up of bytes", "constant: digits of g3", "x86/lut/octets.h", "v_words(radix << 8)", "v_words((radix + 1) << 8)", "g3.*__avx2"),
    ("look-up of bytes", "constant: what entries of b64 lack", "x86/lut/rows.h", "(2 * LUT_SUBSET_BIAS", "(LUT_SUBSET_BIAS", "b64.*__avx2"),
    ("look-up of bytes", "mask: the eighth sign of g3", "x86/lut/octets.h", "v_shl16(line, 7)", "v_shl16(line, 6)", "gemv_g3_.*__avx2"),
    ("look-up of bytes", "mask: the bit that psignb wants set", "x86/lut/octets.h", "*sign = v_or(line, v_bytes(1))", "*sign = line", "gemv_g3_.*__avx2"),
    ("look-up of bytes", "mask: index", "x86/lut/octets.h", "v_bytes(15)", "v_bytes(7)", "g[23]_.*__ssse3"),
    ("look-up of bytes", "mask: sign of g3", "x86/vec_avx512.h", "v_bytes(0x80 >> j)", "v_bytes(0xc0 >> j)", "g3_.*__avx512bw"),
    ("look-up of bytes", "bound: g2 flush", "flush.h", "TERN_INT16_MOST = 32767", "TERN_INT16_MOST = 36000", "gemv_g2.*__avx2"),
    ("look-up of bytes", "bound: g3 flush", "flush.h", "TERN_INT16_MOST = 32767", "TERN_INT16_MOST = 36000", "gemv_g3_.*__avx2"),
    ("look-up of bytes", "bound: b64 flush", "flush.h", "TERN_INT16_LEAST = 32768", "TERN_INT16_LEAST = 36864", "gemv_b64.*__avx2"),
    ("look-up of words", "constant: g3w next code", "x86/lut/words_avx512bw.c", "v_shr16(codes[r], 5)", "v_shr16(codes[r], 4)", "g3w.*__avx512bw"),
    ("look-up of words", "mask: g5 sign", "x86/lut/words_avx512bw.c", "_mm512_set1_epi16(128)", "_mm512_set1_epi16(192)", "g5_i8_r32k5__avx512bw"),
    ("look-up of words", "mask: rows at the end", "x86/lut/words_avx512bw.c", "(1u << live) - 1)", "(1u << live) / 2 - 1)", "g3w.*__avx512bw"),
    ("look-up of words", "bound: g3w flush", "flush.h", "TERN_INT16_MOST = 32767", "TERN_INT16_MOST = 36000", "gemv_g3w.*__avx512bw"),
    ("look-up in two registers", "constant: the zero of g5", "x86/lut/wide.h", "words_from(32 * i + 121)", "words_from(32 * i + 120)", "g5.*__avx512vbmi"),
    ("look-up in two registers", "constant: g5 complement", "x86/lut/digits.h", "v_bytes(20)", "v_bytes(19)", "g5.*__avx512vbmi"),
    ("look-up in two registers", "mask: columns 3, 4 of g5", "x86/lut/wide.h", "upper = 0xf8000000u", "upper = 0xf0000000u", "g5.*__avx512vbmi"),
    ("look-up in two registers", "bound: g4 flush", "flush.h", "TERN_INT16_MOST = 32767", "TERN_INT16_MOST = 36000", "gemv_g4.*__avx512vbmi"),
    ("look-up in two registers", "bound: g5 flush", "flush.h", "TERN_INT16_MOST = 32767", "TERN_INT16_MOST = 36000", "gemv_g5.*__avx512vbmi"),
    ("Vec-LUT", "constant: weight of a digit", "x86/gemm/offsets.h", "0x1b090301", "0x1b090302", "p64.*veclut__avx2"),
    ("Vec-LUT", "mask: even tokens", "x86/gemm/veclut.h", "even = v_low16(s)", "even = v_low16(v_shl16(s, 1))", "g4.*veclut__avx2"),
    ("Vec-LUT", "bound: flush", "flush.h", "TERN_INT16_MOST = 32767", "TERN_INT16_MOST = 40000", "p64.*veclut__avx2"),
    ("Vec-LUT", "bound: quads beyond a chunk", "x86/gemm/code_lines.h", "CODE_ZERO = 40", "CODE_ZERO = 41", "g5.*veclut__avx2"),
    ("Vec-LUT", "constant: place of a row", "x86/gemm/offsets.h", "row % 4 * STEP", "row % 2 * STEP", "p64.*veclut__avx512bw"),
    ("readers", "constant: field of i2s", "x86/gemm/read_rows.h", "6 - (int)(column / 32 % 4) * 2", "6 - (int)(column / 32 % 2) * 2", "gemm_i2s.*_tile__avx2"),
    ("readers", "constant: digit of 27", "x86/gemm/digits.h", "[54 & 15] = 2", "[54 & 15] = 1", "gemm_g4.*_tile__avx2"),
    ("readers", "constant: code of g3w", "x86/gemm/read_triples.h", "v_shr16(high, 5 * i)", "v_shr16(high, 4 * i)", "gemm_g3w.*_tile__avx512vnni"),
    ("readers", "mask: bits of planes", "x86/gemm/read_rows.h", "0x8040201008040201", "0x8040201008040202", "gemm_planes.*_tile__avx2"),
    ("readers", "mask: sign of g5", "x86/gemm/read_groups.h", "v_bytes(127)), x, 0)", "v_bytes(63)), x, 0)", "gemm_g5.*_tile__avx2"),
    ("readers", "bound: rows beyond M", "x86/gemm/read_rows.h", "c->w.m - 1)", "c->w.m + 400)", "gemm_(planes|bin1).*_tile__avx2"),
    ("masked add and subtract", "constant: binary code", "x86/signs/planes_avx512vnni.c", "v_bytes(2)", "v_bytes(1)", "bin1.*__avx512vnni"),
    ("masked add and subtract", "mask: avx2 bits", "x86/signs/planes_avx2.c", "0x8040201008040201", "0x8040201008040202", "planes.*__avx2"),
    ("masked add and subtract", "mask: avx512 f32", "x86/signs/planes_avx512bw.c", "minus = mask_16(at + 8 + 2 * h)", "minus = mask_16(at + 8 + 2 * h) & 0x7fff", "planes_f32.*__avx512bw"),
    ("masked add and subtract", "bound: avx2 flush", "flush.h", "TERN_INT16_MOST = 32767", "TERN_INT16_MOST = 34816", "planes_i8_r2k64__avx2"),
    ("masked add and subtract", "bound: avx2 flush, masked", "flush.h", "TERN_INT16_MOST = 32767", "TERN_INT16_MOST = 34816", "masked__avx2"),
    ("masked add and subtract", "bound: avx512 flush", "flush.h", "TERN_INT16_MOST = 32767", "TERN_INT16_MOST = 34816", "full gemv_planes_i8_r4k64__avx512bw"),
    ("popcount, int8", "constant: sign bit", "x86/signs/popcount_avx512popcnt.c", "_mm512_sub_epi64(acc[0], v_shl64(acc[7], 7))", "v_add64(acc[0], v_shl64(acc[7], 7))", "popcount.*__avx512popcnt"),
    ("popcount, int8", "constant: sign of a narrow plane", "x86/signs/popcount_avx512popcnt.c", "b == last ? -(1 << b)", "b == last ? (1 << b)", "narrow"),
    ("popcount, int8", "mask: the last words of a row", "x86/vec_avx512.h", "(1u << count) - 1", "(1u << count) / 2 - 1", "i8.*popcount__avx512popcnt"),
    ("popcount, int8", "bound: avx2 flush", "flush.h", "TERN_INT16_LEAST = 32768", "TERN_INT16_LEAST = 36864", "planes.*popcount__avx2"),
    ("binary, int8", "constant: telescoping", "x86/panels/b128.h", "v_sub32(sum[f], sum[f - 1]), f)", "v_sub32(sum[f], sum[f - 1]), f - (f == 5))", "b128.*__avx512vnni"),
    ("binary, int8", "mask: prefix", "x86/panels/b128.h", "v_bytes((2 << f) - 1)", "v_bytes((2 << f) - (f == 4 ? 2 : 1))", "b128.*__avx512vnni"),
    ("binary, int8", "bound: avx2 flush", "flush.h", "TERN_INT16_LEAST = 32768", "TERN_INT16_LEAST = 36864", "gemv_b128.*__avx2"),
    ("binary, signs", "constant: weight of the fours", "x86/signs/xnor.h", "v_shl64(fours, 2)", "v_shl64(fours, 1)", "b1.*csa__avx2"),
    ("binary, signs", "constant: adder", "x86/signs/xnor.h", "*sum, b, c, 0xe8)", "*sum, b, c, 0xe0)", "b1.*csa__avx512bw"),
    ("binary, signs", "constant: ones of a nibble", "x86/signs/ones.h", "{0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4}", "{0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 3}", "gemv.*b1_.*__avx2"),
    ("binary, signs", "constant: twice the differences", "scalar/planes.c", "(int32_t)c->w.k - 2 * differ", "(int32_t)c->w.k - differ", "b1_.*__scalar"),
    ("binary, signs", "mask: signs beyond K", "signs.h", "~0ull >> (64 * i + 64 - k)", "~0ull", "b1_.*__avx512popcnt"),
    ("binary, signs", "mask: signs of eight", "prep/bits.c", "(~x >> 7 & 0x0101010101010101u)", "(~x >> 7 & 0x0101010101010100u)", "b1_.*__scalar"),
    ("binary, signs", "bound: the sign of 0, in the reference", "reference.c", "q[i] >= 0 ? trits", "q[i] > 0 ? trits", "b1_.*__scalar"),
    ("binary, signs", "mask: the last words of a row", "x86/vec_avx512.h", "(1u << count) - 1", "(1u << count) / 2 - 1", "b1_.*__avx512popcnt"),
    ("binary, signs", "bound: avx2 flush", "flush.h", "TERN_BYTE_MOST = 255", "TERN_BYTE_MOST = 271", "gemv_bin1_b1_.*__avx2"),
    ("binary, signs", "bound: avx512 flush", "flush.h", "TERN_INT16_MOST = 32767", "TERN_INT16_MOST = 34816", "full gemv_bin1_b1_.*__avx512bw"),
    ("binary, signs", "bound: flush of the fours", "flush.h", "TERN_INT16_MOST = 32767", "TERN_INT16_MOST = 34816", "full b1.*csa__avx512bw"),
    ("binary, signs", "bound: whole registers", "x86/vec_avx512.h", "return count >= 8 ?", "return count >= 7 ?", "b1_.*__avx512popcnt"),
    ("small batches and GEMM", "constant: first block of K", "x86/gemm/tile.h", "high, bias, 0);", "high, bias, 1);", "p64.*_tile__avx512vnni"),
    ("small batches and GEMM", "mask: rows at the end", "x86/vec_avx512.h", "(1u << live) - 1)", "(1u << live) / 2 - 1)", "p64.*_tile__avx512vnni"),
    ("small batches and GEMM", "bound: columns beyond the tokens", "prep/columns.c", "if (t < c->x->n)", "if (t <= c->x->n)", "gemm_p64.*n6__avx512vnni"),
    ("small batches and GEMM", "bound: the same, other tiles", "prep/columns.c", "if (t < c->x->n)", "if (t <= c->x->n)", "gemm_r16.*n6__avx512vnni"),
    ("small batches and GEMM", "bound: decoded block", "flush.h", "TERN_INT16_MOST = 32767", "TERN_INT16_MOST = 40000", "m80.*_tile__avx2"),
    ("short last tiles", "constant: pitch of r16", "x86/panels/panel.h", "at.q + 4 * (i * x->tokens + j)", "at.q + 4 * (i * x->live + j)", "gemm_r16.*__avx512vnni"),
    ("short last tiles", "constant: pitch of m80", "x86/panels/panel.h", "at.q += 4 * p->fours * x->tokens", "at.q += 4 * p->fours * x->live", "gemm_m80_i8_r80k4n4__avx512vnni"),
    ("short last tiles", "constant: pitch of b128", "x86/panels/panel.h", "at.q += 4 * p->fours * x->tokens", "at.q += 4 * p->fours * x->live", "gemm_b128_i8_r128k4n3__avx512vnni"),
    ("short last tiles", "constant: pitch of a decoded block", "gemm/tile.c", "first * tern_round_up(live, unit) * QUAD", "first * 6 * QUAD", "p64.*_tile__avx2"),
    ("short last tiles", "mask: one token less", "x86/panels/panel.h", "x.live = live;", "x.live = live - 1;", "gemm_p64_i8_r64k4n6__avx512vnni"),
    ("short last tiles", "bound: four tokens of six", "x86/gemm/tile.h", "tile_##high##x4, tile_##high##x5", "tile_##high##x3, tile_##high##x5", "e80.*_tile__avx512vbmi"),
    ("short last tiles", "bound: five of six", "x86/panels/panel.h", "live < tokens; live++)", "live + 1 < tokens; live++)", "gemm_t5_i8_r48k4n6__avx512vbmi"),
    ("short last tiles", "bound: three of four", "x86/panels/panel.h", "live < tokens; live++)", "live + 1 < tokens; live++)", "gemm_e80_i8_r80k4n4__avx512vbmi"),
    ("split K", "constant: sum of a slice", "split.c", "i++) sum += x.q[i]", "i++) sum += x.q[i] + (i == 5)", "gemv_p64.*__avx512vnni"),
    ("split K", "constant: where a slice begins", "split.c", "from ? f->column_at(rows, from)", "from ? f->column_at(step, from)", "gemv_t24.*__avx512vbmi"),
    ("split K", "mask: a slice of no columns", "split.c", "memset(sums + row0, 0, (row1 - row0) * sizeof *sums)", "(void)sums", "gemv_p64.*__avx512vnni"),
    ("split K", "bound: the last panel", "split.c", "const size_t rows = tern_min(step, m - r)", "const size_t rows = step", "gemv_p64.*__avx512vnni"),
    ("split K", "bound: scratch of the widest slice", "split.c", "if (from == to) continue;", "if (s) continue;", "gemv_t24.*__avx512vbmi"),
    ("split K", "bound: the last slice", "split.c", "s < slices; s++)\n        for (size_t i", "s + 1 < slices; s++)\n        for (size_t i", "gemv_p64.*__avx512vnni"),
    ("row panels", "bound: the longest K", "variant.h", "TERN_K_MAX 131071", "TERN_K_MAX 131327", "full gemv_p64_i8_r64k4__avx512vnni"),
    ("base 3", "bound: the longest K", "variant.h", "TERN_K_MAX 131071", "TERN_K_MAX 131327", "full gemv_e80_i8_r80k4__avx512vbmi"),
    ("binary, int8", "bound: the longest K", "variant.h", "TERN_K_MAX 131071", "TERN_K_MAX 131327", "full gemv_b128_i8_r128k4__avx512vnni"),
    ("float operations", "constant: lowest bytes on avx2", "x86/ops/float_avx2.h", "0x0c080400", "0x0c080401", "op_quantise__avx2"),
    ("float operations", "constant: the exponent on avx512", "x86/ops/float_avx512.h", "_mm512_castps_si512(n), 23)", "_mm512_castps_si512(n), 22)", "op_softmax__avx512bw"),
    ("float operations", "mask: magnitude on avx2", "x86/ops/float_avx2.h", "_mm256_set1_ps(-0.0f)", "_mm256_set1_ps(0.0f)", "op_quantise__avx2"),
    ("float operations", "bound: rows of a tile of queries", "dense/attend_level.c", "*r0 + rows <= c->rows", "*r0 + rows <= c->rows + 1", "op_(scores|gather)_f16__avx2"),
    ("float operations", "bound: blocks of keys", "dense/attend_level.c", "*b0 + step <= c->blocks", "*b0 + step <= c->blocks + 1", "op_scores_q8__avx512bw"),
    ("float operations", "constant: planes of the scan, avx2", "x86/ops/head_avx2.h", "_mm256_slli_epi32(s.high[h], 8)", "_mm256_slli_epi32(s.high[h], 7)", "op_scan__avx2"),
    ("dense", "mask: f32 avx512 tail", "x86/dense_avx512bw.c", "((1u << left) - 1)", "((1u << left) / 2 - 1)", "gem[vm]_f32.*__avx512bw"),
    ("dense", "bound: f16 avx2 tail", "x86/dense_avx2.c", "if (left >= 8) return _mm256_cvtph_ps", "if (left >= 7) return _mm256_cvtph_ps", "gem[vm]_f16.*__avx2"),
]


def run(*command, **more):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)


source, work = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
only = sys.argv[3:]
arm = None
if only[:1] == ["--arm"]:
    arm, only = pathlib.Path(only[1]).resolve(), only[2:]
    from mutants_arm import MUTANTS
copy, build = work / "source", work / "build"
shutil.rmtree(copy, ignore_errors=True)
for name in run("git", "-C", source, "ls-files", "-z").stdout.split("\0"):
    if name and (source / name).is_file():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, copy / name)  # and not its time: objects of an older copy may be younger
        shutil.copymode(source / name, copy / name)
if not (build / "build.ninja").exists():
    options = [f"-D{o}=disabled" for o in ("tests", "openblas", "onednn", "papi", "gbench", "hwloc", "libedit")]
    cross = ["--cross-file", arm / "cross.ini"] if arm else []
    made = run("meson", "setup", build, copy, "-Dwerror=false", *cross, *options)
    if made.returncode:
        sys.exit("mutants: meson setup failed:\n" + made.stdout[-2000:])
if run("ninja", "-C", build).returncode:
    sys.exit("mutants: the unchanged tree does not build")


def tern(*command, cpu="max"):
    emulator = ["qemu-aarch64-static", "-cpu", cpu, "-L", arm / "sysroot"] if arm else []
    return run(*emulator, build / "cli/tern", *command)


patience = ["--timeout", "300"] if arm else []  # an emulator is slow
usable = tern("list", "--runnable").stdout
mutants = [m for m in MUTANTS if not only or any(o in m[0] + ", " + m[1] for o in only)]
print(f"1..{len(mutants) + 1}", flush=True)
kinds = {}
for family, change, *_ in MUTANTS:
    kinds.setdefault(family, set()).add(change.split(":")[0])
# The dense baselines are no kernels of ours to prove wrong in every way: they multiply what they are given.
lacking = [f"{f} has no {k}" for f, has in kinds.items() for k in ("constant", "mask", "bound") if k not in has and f != "dense"]
print(("not ok" if lacking else "ok") + " 1 - every family has a constant, a mask and a bound changed" + "".join(f"; {t}" for t in lacking))
survivors = len(lacking)
for number, (family, what, name, text, change, pattern) in enumerate(mutants, 2):
    *words, pattern = pattern.split(" ")
    effort = [] if "full" in words else ["--quick"]
    cpu = next((w[4:] for w in words if w.startswith("cpu=")), "max")
    family = f"{family}, {what}"
    target = copy / "kernels" / name
    original = target.read_text()
    # The list has no float operations: they run where a variant of their level does.
    if not re.search(pattern[pattern.index("__"):] if pattern.startswith("op_") else pattern, usable):
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
            seen = tern("verify", *effort, *patience, "--seed", "1", "-q", "--filter", pattern, cpu=cpu)
            killer = next((l for l in seen.stdout.splitlines() if re.match("WRONG|CRASHED|TIMED OUT", l)), None)
            if seen.returncode == 1 and killer:
                verdict, why = "ok", "killed by " + re.sub(r"\s+", " ", killer)[:150]
            else:
                why = f"survived: verify exits {seen.returncode}"
        target.write_text(original)
    survivors += verdict != "ok"
    print(f"{verdict} {number} - {family}: {why}".replace("#", "="), flush=True)
sys.exit(1 if survivors else 0)
