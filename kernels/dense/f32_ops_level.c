/* Compiled once per level: TERN_OPS is the table's symbol, TERN_OPS_LEVEL its
 * name and TERN_OPS_NEEDS the instructions it needs. Sums run over sixteen
 * lanes that are folded in one fixed order, whatever the register width. */
#include "kernels/dense/f32_ops.h"

#include "base/isa.h"
#include "kernels/half.h"
#include "kernels/lanes.h"

#ifdef __F16C__
#include <immintrin.h>
#endif

typedef uint16_t h16 __attribute__((vector_size(32)));

static inline v16 load_half(const uint16_t *p) {
    v16 v;
#if defined(__AVX512F__)
    const __m512 z = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)p));
    memcpy(&v, &z, sizeof v);
#elif defined(__F16C__)
    const __m256 lo = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)p));
    const __m256 hi = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(p + 8)));
    memcpy(&v, &lo, sizeof lo);
    memcpy((char *)&v + sizeof lo, &hi, sizeof hi);
#else
    h16 h;
    memcpy(&h, p, sizeof h);
    const i16 x = __builtin_convertvector(h, i16), em = (x & 0x7fff) << 13, sign = (x & 0x8000) << 16;
    const v16 magnitude = (v16)em * 0x1p112f; /* moves the exponent; exact for subnormals too */
    const i16 special = (i16)(em >= 0x7c00 << 13) & 0x7f800000;
    v = (v16)((i16)magnitude | special | sign);
#endif
    return v;
}

static inline v16 load_bytes(const int8_t *p) {
    v16 v;
#if defined(__AVX512F__)
    const __m512 z = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const void *)p)));
    memcpy(&v, &z, sizeof v);
#elif defined(__AVX2__)
    const __m256 lo = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const void *)p)));
    const __m256 hi = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const void *)(p + 8))));
    memcpy(&v, &lo, sizeof lo);
    memcpy((char *)&v + sizeof lo, &hi, sizeof hi);
#else
    float f[16];
    for (size_t i = 0; i < 16; i++) f[i] = (float)p[i];
    memcpy(&v, f, sizeof v);
#endif
    return v;
}

/* Of the block that holds value d of a row of a q8 cache. */
static inline float scale_at(const int8_t *row, size_t dim, size_t d) {
    float scale;
    memcpy(&scale, row + dim + d / TERN_KV_BLOCK * sizeof scale, sizeof scale);
    return scale;
}

static void norm(const float *x, const float *weight, size_t n, float eps, float *out) {
    if (!weight) {
        if (out != x) memcpy(out, x, n * sizeof *x);
        return;
    }
    const float r = norm_factor(x, n, eps);
    for (size_t i = 0; i < n; i++) out[i] = x[i] * r * weight[i];
}

static void rope(float *x, const float *cosine, const float *sine, size_t dim, int neox) {
    const size_t half = dim / 2, step = neox ? 1 : 2, mate = neox ? half : 1;
    for (size_t i = 0; i < half; i++) {
        float *a = x + i * step, *b = a + mate;
        const float u = *a, v = *b;
        *a = u * cosine[i] - v * sine[i];
        *b = u * sine[i] + v * cosine[i];
    }
}

static void scores_f32(const float *q, const void *keys, size_t count, size_t dim, float factor, float *out) {
    for (size_t p = 0; p < count; p++) {
        const float *k = (const float *)keys + p * dim;
        v16 acc = {0};
        size_t d = 0;
        for (; d + 16 <= dim; d += 16) acc += load(q + d) * load(k + d);
        float sum = fold(acc);
        for (; d < dim; d++) sum += q[d] * k[d];
        out[p] = sum * factor;
    }
}

static float score_f16(const float *q, const uint16_t *k, size_t dim) {
    v16 acc = {0};
    size_t d = 0;
    for (; d + 16 <= dim; d += 16) acc += load(q + d) * load_half(k + d);
    float sum = fold(acc);
    for (; d < dim; d++) sum += q[d] * tern_f16_to_f32(k[d]);
    return sum;
}

static void scores_f16(const float *q, const void *keys, size_t count, size_t dim, float factor, float *out) {
    const uint16_t *k = keys;
    size_t p = 0;
    for (; dim % 16 == 0 && p + 4 <= count; p += 4, k += 4 * dim) {
        v16 a = {0}, b = {0}, c = {0}, e = {0};
        for (size_t d = 0; d < dim; d += 16) {
            const v16 x = load(q + d);
            a += x * load_half(k + d);
            b += x * load_half(k + dim + d);
            c += x * load_half(k + 2 * dim + d);
            e += x * load_half(k + 3 * dim + d);
        }
        const v4 sums = fold_each(a, b, c, e) * factor;
        memcpy(out + p, &sums, sizeof sums);
    }
    for (; p < count; p++, k += dim) out[p] = score_f16(q, k, dim) * factor;
}

static void scores_q8(const float *q, const void *keys, size_t count, size_t dim, float factor, float *out) {
    for (size_t p = 0; p < count; p++) {
        const int8_t *k = (const int8_t *)keys + p * tern_kv_row_bytes(TERN_KV_Q8, dim);
        v16 acc = {0};
        size_t d = 0;
        for (; d + 32 <= dim; d += 32)
            acc += (load(q + d) * load_bytes(k + d) + load(q + d + 16) * load_bytes(k + d + 16)) *
                   scale_at(k, dim, d);
        float sum = fold(acc), rest = 0;
        for (size_t i = d; i < dim; i++) rest += q[i] * (float)k[i];
        if (d < dim) sum += rest * scale_at(k, dim, d);
        out[p] = sum * factor;
    }
}

static void gather_f32(const float *weight, const void *values, size_t count, size_t dim, float *out) {
    const float *v = values;
    size_t d = 0;
    for (; d + 32 <= dim; d += 32) {
        v16 a = load(out + d), b = load(out + d + 16);
        for (size_t p = 0; p < count; p++) {
            a += weight[p] * load(v + p * dim + d);
            b += weight[p] * load(v + p * dim + d + 16);
        }
        put(out + d, a);
        put(out + d + 16, b);
    }
    for (size_t p = 0; p < count; p++)
        for (size_t i = d; i < dim; i++) out[i] += weight[p] * v[p * dim + i];
}

static void gather_f16(const float *weight, const void *values, size_t count, size_t dim, float *out) {
    const uint16_t *v = values;
    size_t d = 0;
    for (; d + 64 <= dim; d += 64) {
        v16 a = load(out + d), b = load(out + d + 16), c = load(out + d + 32), e = load(out + d + 48);
        for (size_t p = 0; p < count; p++) {
            const uint16_t *row = v + p * dim + d;
            a += weight[p] * load_half(row);
            b += weight[p] * load_half(row + 16);
            c += weight[p] * load_half(row + 32);
            e += weight[p] * load_half(row + 48);
        }
        put(out + d, a);
        put(out + d + 16, b);
        put(out + d + 32, c);
        put(out + d + 48, e);
    }
    for (; d + 16 <= dim; d += 16) {
        v16 a = load(out + d);
        for (size_t p = 0; p < count; p++) a += weight[p] * load_half(v + p * dim + d);
        put(out + d, a);
    }
    for (size_t p = 0; p < count; p++)
        for (size_t i = d; i < dim; i++) out[i] += weight[p] * tern_f16_to_f32(v[p * dim + i]);
}

static void gather_q8(const float *weight, const void *values, size_t count, size_t dim, float *out) {
    const size_t row = tern_kv_row_bytes(TERN_KV_Q8, dim);
    const int8_t *v = values;
    size_t d = 0;
    for (; d + 32 <= dim; d += 32) {
        v16 a = load(out + d), b = load(out + d + 16);
        for (size_t p = 0; p < count; p++) {
            const float w = weight[p] * scale_at(v + p * row, dim, d);
            a += w * load_bytes(v + p * row + d);
            b += w * load_bytes(v + p * row + d + 16);
        }
        put(out + d, a);
        put(out + d + 16, b);
    }
    for (size_t p = 0; d < dim && p < count; p++) {
        const float w = weight[p] * scale_at(v + p * row, dim, d);
        for (size_t i = d; i < dim; i++) out[i] += w * (float)v[p * row + i];
    }
}

#ifdef __AVX512F__
static void scores_together(const float *q, const void *keys, size_t count, size_t dim, float factor,
                            float *out, size_t stride) {
    enum { H = TERN_HEADS_TOGETHER };
    const uint16_t *k = keys;
    size_t p = 0;
    for (; p + 4 <= count; p += 4, k += 4 * dim) {
        v16 sum[H][4];
        for (size_t h = 0; h < H; h++)
            for (size_t i = 0; i < 4; i++) sum[h][i] = (v16){0};
        for (size_t d = 0; d < dim; d += 16) {
            const v16 key[4] = {load_half(k + d), load_half(k + dim + d), load_half(k + 2 * dim + d),
                                load_half(k + 3 * dim + d)};
            for (size_t h = 0; h < H; h++)
                for (size_t i = 0; i < 4; i++) sum[h][i] += load(q + h * dim + d) * key[i];
        }
        for (size_t h = 0; h < H; h++) {
            const v4 four = fold_each(sum[h][0], sum[h][1], sum[h][2], sum[h][3]) * factor;
            memcpy(out + h * stride + p, &four, sizeof four);
        }
    }
    for (size_t h = 0; h < H; h++) scores_f16(q + h * dim, k, count - p, dim, factor, out + h * stride + p);
}

static void gather_together(const float *weight, size_t stride, const void *values, size_t count, size_t dim,
                            float *out) {
    enum { H = TERN_HEADS_TOGETHER };
    size_t d = 0;
    for (; d + 64 <= dim; d += 64) {
        const uint16_t *v = (const uint16_t *)values + d;
        v16 sum[H][4];
        for (size_t h = 0; h < H; h++)
            for (size_t i = 0; i < 4; i++) sum[h][i] = load(out + h * dim + d + 16 * i);
        for (size_t p = 0; p < count; p++, v += dim) {
            const v16 value[4] = {load_half(v), load_half(v + 16), load_half(v + 32), load_half(v + 48)};
            for (size_t h = 0; h < H; h++)
                for (size_t i = 0; i < 4; i++) sum[h][i] += weight[h * stride + p] * value[i];
        }
        for (size_t h = 0; h < H; h++)
            for (size_t i = 0; i < 4; i++) put(out + h * dim + d + 16 * i, sum[h][i]);
    }
    for (; d < dim; d += 16)
        for (size_t h = 0; h < H; h++) {
            v16 sum = load(out + h * dim + d);
            for (size_t p = 0; p < count; p++)
                sum += weight[h * stride + p] * load_half((const uint16_t *)values + p * dim + d);
            put(out + h * dim + d, sum);
        }
}
#endif

static void store_f32(const float *x, size_t dim, void *out) {
    memcpy(out, x, dim * sizeof *x);
}

static void store_f16(const float *x, size_t dim, void *out) {
    uint16_t *h = out;
    size_t i = 0;
#ifdef __AVX512F__
    for (; i + 16 <= dim; i += 16) {
        const __m512i quiet = _mm512_set1_epi32(0x7fc00000), kept = _mm512_set1_epi32((int)0xffc00000);
        const __m512 v = _mm512_loadu_ps(x + i);
        const __mmask16 nan = _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q);
        const __m512i bits = _mm512_castps_si512(v),
                      plain = _mm512_mask_and_epi32(bits, nan, _mm512_or_si512(bits, quiet), kept);
        _mm256_storeu_si256((void *)(h + i),
                            _mm512_cvtps_ph(_mm512_castsi512_ps(plain), _MM_FROUND_TO_NEAREST_INT));
    }
#endif
    for (; i < dim; i++) h[i] = tern_f32_to_f16(x[i]);
}

static void store_q8(const float *x, size_t dim, void *out) {
    int8_t *q = out;
    for (size_t d = 0; d < dim; d += TERN_KV_BLOCK) {
        const size_t end = d + TERN_KV_BLOCK < dim ? d + TERN_KV_BLOCK : dim;
        float top = 0;
        for (size_t i = d; i < end; i++) top = fabsf(x[i]) > top ? fabsf(x[i]) : top;
        const float scale = top / 127, inverse = scale > 0 ? 1 / scale : 0;
        for (size_t i = d; i < end; i++) {
            const float v = rintf(x[i] * inverse);
            q[i] = (int8_t)(v >= -127 && v <= 127 ? v : v > 127 ? 127 : v < -127 ? -127 : 0); /* NaN: 0 */
        }
        memcpy(q + dim + d / TERN_KV_BLOCK * sizeof scale, &scale, sizeof scale);
    }
}

static float softmax(float *s, size_t count) {
    const size_t padded = (count + 15) / 16 * 16;
    for (size_t p = count; p < padded; p++) s[p] = s[0];
    v16 most = load(s);
    for (size_t p = 16; p < padded; p += 16) {
        const v16 x = load(s + p);
        most = choose((i16)(x > most), x, most);
    }
    float top = most[0];
    for (size_t i = 1; i < 16; i++) top = most[i] > top ? most[i] : top;
    v16 sum = {0};
    for (size_t p = 0; p + 16 <= count; p += 16) {
        const v16 e = exponential(load(s + p) - top);
        put(s + p, e);
        sum += e;
    }
    if (count < padded) {
        float e[16];
        put(e, exponential(load(s + padded - 16) - top));
        for (size_t i = count % 16; i < 16; i++) e[i] = 0;
        memcpy(s + padded - 16, e, sizeof e);
        sum += load(e);
    }
    return 1.0f / fold(sum);
}

static void multiply(float *x, size_t n, float factor) {
    for (size_t i = 0; i < n; i++) x[i] *= factor;
}

extern const struct tern_f32_ops TERN_OPS;
const struct tern_f32_ops TERN_OPS = {
    .level = TERN_OPS_LEVEL,
    .needs = TERN_OPS_NEEDS,
    .norm = norm,
    .rope = rope,
    .scores = {scores_f16, scores_f32, scores_q8},
    .gather = {gather_f16, gather_f32, gather_q8},
#ifdef __AVX512F__
    .scores_together = scores_together,
    .gather_together = gather_together,
#endif
    .store = {store_f16, store_f32, store_q8},
    .softmax = softmax,
    .multiply = multiply,
};
