#include "models/gguf/types.h"

static const struct tern_ggml_type types[] = {
    {0, "f32", 1, 4},         {1, "f16", 1, 2},         {2, "q4_0", 32, 18},      {3, "q4_1", 32, 20},
    {6, "q5_0", 32, 22},      {7, "q5_1", 32, 24},      {8, "q8_0", 32, 34},      {9, "q8_1", 32, 36},
    {10, "q2_k", 256, 84},    {11, "q3_k", 256, 110},   {12, "q4_k", 256, 144},   {13, "q5_k", 256, 176},
    {14, "q6_k", 256, 210},   {15, "q8_k", 256, 292},   {16, "iq2_xxs", 256, 66}, {17, "iq2_xs", 256, 74},
    {18, "iq3_xxs", 256, 98}, {19, "iq1_s", 256, 50},   {20, "iq4_nl", 32, 18},   {21, "iq3_s", 256, 110},
    {22, "iq2_s", 256, 82},   {23, "iq4_xs", 256, 136}, {24, "i8", 1, 1},         {25, "i16", 1, 2},
    {26, "i32", 1, 4},        {27, "i64", 1, 8},        {28, "f64", 1, 8},        {29, "iq1_m", 256, 56},
    {30, "bf16", 1, 2},       {34, "tq1_0", 256, 54},   {35, "tq2_0", 256, 66},
};

static const struct {
    uint32_t id;
    const char *name;
} ambiguous[] = {
    {31, "q4_0_4_4"},       {32, "q4_0_4_8"}, {33, "q4_0_8_8"},     {36, "i2_s"},
    {37, "i8_s"},           {38, "tl1"},      {39, "tl2 or mxfp4"}, {40, "nvfp4, i2_v or q1_0"},
    {41, "q1_0 or i2_v_2"}, {42, "q2_0"},     {45, "i1_v"},         {134, "iq1_bn"},
    {135, "iq2_bn"},        {142, "pq2_0"},   {143, "ptq1_0"},      {335, "iq2_bn_r4"},
};

const struct tern_ggml_type *tern_ggml_type_of(uint32_t id) {
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].id == id) return &types[i];
    return NULL;
}

const char *tern_ggml_type_name(uint32_t id) {
    const struct tern_ggml_type *known = tern_ggml_type_of(id);
    if (known) return known->name;
    if (id == TERN_TYPE_HFU8) return "uint8x4";
    for (size_t i = 0; i < sizeof ambiguous / sizeof *ambiguous; i++)
        if (ambiguous[i].id == id) return ambiguous[i].name;
    return "unknown";
}

uint64_t tern_ggml_bytes(const struct tern_ggml_type *type, const struct tern_gguf_tensor *t) {
    uint64_t bytes = t->dim[0] / type->block;
    const uint64_t factor[] = {type->bytes, t->dim[1], t->dim[2], t->dim[3]};
    for (size_t i = 0; i < 4; i++)
        if (__builtin_mul_overflow(bytes, factor[i], &bytes)) return UINT64_MAX;
    return bytes;
}
