/* Tables of up to 128 byte entries in two registers (vpermi2b): four columns per look-up (g4), or five with
 * the sign apart (g5), 64 rows at a time. The entries are two digits, each in a table of its own. */
#include "kernels/x86/vec_avx512.h"

#include "kernels/x86/lut/loops.h"
#include "kernels/x86/lut/wide.h"

/* Words U -> bytes low | high << 8 with U = 63 * high + low. The factor is hidden from the compiler, which
 * would make the one multiplication two shifts and three adds. */
ALWAYS_INLINE __m512i digits(__m512i u, __m512i factor) {
    const __m512i high = _mm512_mulhi_epu16(u, _mm512_set1_epi16(RADIX_INVERSE));
    return _mm512_add_epi16(u, _mm512_mullo_epi16(high, factor));
}

ALWAYS_INLINE __m512i digit_factor(void) {
    __m512i factor = _mm512_set1_epi16(256 - RADIX);
    v_settle(&factor);
    return factor;
}

/* Even and odd bytes of two registers. */
ALWAYS_INLINE __m512i bytes_of(__m512i a, __m512i b, int odd) {
    const __m512i word = words_from(0);
    const __m512i twice = _mm512_add_epi16(_mm512_slli_epi16(word, 2), _mm512_set1_epi16((short)odd));
    /* byte i takes byte 2i + odd of the pair: word w holds bytes 4w + odd and 4w + 2 + odd */
    const __m512i index =
        _mm512_or_si512(twice, _mm512_slli_epi16(_mm512_add_epi16(twice, _mm512_set1_epi16(2)), 8));
    return _mm512_permutex2var_epi8(a, index, b);
}

/* Per group 256 bytes: low digits of 128 codes, high digits of 128 codes. 29 operations and 4 stores. */
static inline void build4(const int8_t *q, size_t count, uint8_t *out) {
    const struct plan4 p = plan4();
    const __m512i factor = digit_factor();
    const int bias = LUT_BIAS_PER_COLUMN * 4 + LUT_BIAS;
    for (size_t i = 0; i < count; i++, q += 4, out += 256) {
        __m512i u[3];
        sums4(&p, q, bias, u);
        UNROLL
        for (size_t h = 0; h < 3; h++) u[h] = digits(u[h], factor);
        _mm512_store_si512(out, bytes_of(u[0], u[1], 0));
        _mm512_store_si512(out + 128, bytes_of(u[0], u[1], 1));
        _mm512_store_si512(out + 64, bytes_of(u[2], u[2], 0)); /* codes 96.. do not exist */
        _mm512_store_si512(out + 192, bytes_of(u[2], u[2], 1));
    }
}

/* 43 operations and 4 stores. */
static inline void build5(const int8_t *q, size_t count, uint8_t *out) {
    const struct plan5 p = plan5(LUT_BIAS_PER_COLUMN * 5 + LUT_BIAS);
    const __m512i factor = digit_factor();
    for (size_t i = 0; i < count; i++, q += 5, out += 256) {
        __m512i u[4];
        sums5(&p, q, u);
        UNROLL
        for (size_t h = 0; h < 4; h++) u[h] = digits(u[h], factor);
        UNROLL
        for (size_t h = 0; h < 2; h++) {
            _mm512_store_si512(out + 64 * h, bytes_of(u[2 * h], u[2 * h + 1], 0));
            _mm512_store_si512(out + 128 + 64 * h, bytes_of(u[2 * h], u[2 * h + 1], 1));
        }
    }
}

LUT_GEMV(gemv_g4_i8_r64k16__avx512vbmi, lut4_avx512vbmi, digit_family(4, build4))
LUT_GEMV(gemv_g5_i8_r64k20__avx512vbmi, lut5_avx512vbmi, digit_family(5, build5))
LUT_GEMM(gemm_g5_i8_r64k20__avx512vbmi, digit_family(5, build5))
