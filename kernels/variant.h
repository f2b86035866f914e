/* Variants: the many ways to multiply a packed ternary matrix by activations, and the one registry of them.
 *
 * Arithmetic (BitNet's own): activations are int8 with one scale per token, the sum over K is an exact int32,
 * and one f32 multiply comes after. An exact variant's int32 results are bit-equal to the scalar reference; a
 * lossy one says so in its registry line. Dense baselines (formats f16, f32) take f32 activations and give
 * f32 results.
 *
 * A variant is one line in the variants.def of a folder of kernels/; the list command, the verifier, the benchmarks, the tuner's space,
 * the docs and the tests are all made from that line. Name grammar, checked by a test:
 *     <op>_<format>_<act>_<tile>[_<trick>]__<isa>       e.g. gemv_p64_i8_r64k4__avx512vnni
 * The name is also the C symbol of its run function. */
#ifndef TERN_KERNELS_VARIANT_H
#define TERN_KERNELS_VARIANT_H

#include "kernels/format.h"
#include "kernels/quantise.h"

#include <stddef.h>
#include <stdint.h>

/* A space has at most one parameter less: the last place is TERN_P_SPLIT, which every variant has. */
#define TERN_MAX_PARAMS 7
/* How threads share one multiplication: each takes rows, or (kernels/split.h) each takes a slice of K. In
 * texts "split=k", and nothing where rows are shared. */
#define TERN_P_SPLIT (TERN_MAX_PARAMS - 1)
enum tern_split { TERN_SPLIT_ROWS, TERN_SPLIT_K };

/* The longest K of a variant with instructions of its own; scalar ones take any K < 2^23. Sums of codes may
 * wrap in 32 bits, and differences of two of them are right all the same; but where such a difference is
 * shifted down (the fields of a byte, the fourth of which counts 64 times and the eighth of signs 128 times)
 * it must fit: 64 * 2 * 128 * K < 2^31. */
#define TERN_K_MAX 131071

enum tern_op { TERN_GEMV, TERN_GEMM };
/* What the activations are to a kernel. B1: only the sign of each int8 activation counts, +1 for >= 0 and -1
 * below, and the result is the int32 sum of weight * sign: another function of the model than that of I8, not
 * a faster way to compute it. So nothing chooses such a variant by itself; who names one means it. */
enum tern_act { TERN_ACT_I8, TERN_ACT_F32, TERN_ACT_B1 };

/* A packed M x K weight matrix. `data` is 64-byte aligned (formats that exist in files: 32), has the size
 * that format->bytes(m, k) tells, and belongs to whoever packed it. */
struct tern_matrix {
    const struct tern_format *format;
    size_t m, k;
    const void *data;
    struct tern_tl_tile tile; /* tl1, tl2: how `data` was cut; all 0: as the format's pack cuts this shape */
};

/* One multiplication: Y = W X for N tokens. Everything is borrowed for the duration of the call. */
struct tern_call {
    struct tern_matrix w;
    const struct tern_tokens *x; /* n tokens of k activations */
    void *y;      /* [n][ldy]: int32_t for i8 and b1 activations, float for f32; row of token t at t*ldy */
    size_t ldy;   /* >= m, in elements */
    void *shared; /* tern_proof_shared_bytes(), 64-byte aligned; tern_proof_prepare() fills it and the kernel
                     reads it */
    int param[TERN_MAX_PARAMS]; /* values of the space's parameters, in its order; and how threads share it,
                                   which is not the kernel's business */
};

/* A run-time parameter and the values worth trying; values[init] is used when nothing is known. */
struct tern_param {
    const char *name;
    const int *values;
    size_t count, init;
};

/* What a combination of values must satisfy for a shape, or it is pointless there: an expression
 * (base/expression.h) over the parameters' names, m, k and n. */
struct tern_constraint {
    const char *must, *why; /* why: what is said of a combination that does not */
};

struct tern_space {
    const struct tern_param *params;
    size_t count;
    const struct tern_constraint *constraint; /* NULL when there are none */
    size_t constraints;
};

/* 1, or 0 with *broken the first constraint that these values do not satisfy for the shape. A
 * malformed constraint is satisfied by nothing. */
int tern_space_allows(const struct tern_space *s, const int *param, size_t m, size_t k, size_t n,
                      const struct tern_constraint **broken);

/* What the author of a kernel writes: see tern_proof_run() (kernels/proof.h), through which it is called. */
typedef void tern_run_fn(const struct tern_call *c, size_t row0, size_t row1, void *local);

/* What is done to the activations before any row is computed (tables, packed panels). Opaque outside
 * kernels/: two variants with the same pointer, the same parameters and the same activations can share it. */
struct tern_prep;

/* Describes a variant. Whoever wants to run it needs its proof (kernels/proof.h). */
struct tern_variant {
    const char *name;
    enum tern_op op;
    enum tern_act act;
    const struct tern_format *format;
    uint32_t isa;        /* TERN_ISA_* bits that must all be usable */
    size_t row_step;     /* row ranges are cut at multiples of this */
    size_t k_step;       /* K must be a multiple of this */
    size_t n_min, n_max; /* tokens per call */
    int rank;  /* static preference when no wisdom exists; larger is better, negative: never by default */
    int exact; /* 1: bit-equal int32; 0: within the float bound that the verifier derives */
    const struct tern_prep *prep;
    const struct tern_space *space;
    const char *code; /* see tern_variant_code_key */
};

/* "i8", "f32" or "b1", as in variant names. */
const char *tern_act_name(enum tern_act act);

/* Every variant compiled into this build, runnable here or not. */
const struct tern_variant *tern_variants(size_t *count);
const struct tern_variant *tern_variant_named(const char *name);

/* The longest K that a variant with instructions of its own takes: TERN_K_MAX, or less for some formats. */
size_t tern_variant_k_max(const struct tern_variant *v);

/* 1 when the variant's ISA bits are all in `usable` and it can compute this shape for any trits; else 0 and
 * *why (may be NULL). Variants of binary formats never do. */
int tern_variant_fits(const struct tern_variant *v, uint32_t usable, size_t m, size_t k, size_t n,
                      const char **why);
/* The same for weights that are all -1 or +1, which variants of binary formats can compute too. */
int tern_variant_fits_signs(const struct tern_variant *v, uint32_t usable, size_t m, size_t k, size_t n,
                            const char **why);

/* The parameters' initial values, and rows shared. */
void tern_variant_defaults(const struct tern_variant *v, int param[TERN_MAX_PARAMS]);
/* "prefetch=4096 rows=2 split=k" of a variant's parameters, or "-" when it has none and shares rows. */
void tern_variant_params_text(const struct tern_variant *v, const int *param, char *out, size_t out_bytes);
/* Reads such a text back; parameters not named get their initial value. TERN_BAD_INPUT names the bad word. */
enum tern_status tern_variant_params_parse(const struct tern_variant *v, const char *text, int *param,
                                           struct tern_error *e);

/* The best variant by static rank for this shape among exact ones that `usable` allows; never NULL for i8
 * because every format has a scalar variant. `format` may be NULL (any layout that holds trits; a binary one
 * must be asked for). */
const struct tern_variant *tern_variant_static(uint32_t usable, enum tern_act act,
                                               const struct tern_format *format, size_t m, size_t k,
                                               size_t n);

/* Hash (16 hex digits) of the compiler, flags and sources of the library this variant was built from: when it
 * changes, remembered measurements are stale. */
const char *tern_variant_code_key(const struct tern_variant *v);

/* Rows [*from, *to) of worker w of `workers`, cut at the variant's row_step. */
void tern_variant_share(const struct tern_variant *v, size_t m, size_t w, size_t workers, size_t *from,
                        size_t *to);

#endif
