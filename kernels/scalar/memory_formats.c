/* Scalar kernels of the layouts that exist only in memory. */
#include "kernels/formats/memory/b80.h"
#include "kernels/formats/memory/group.h"
#include "kernels/formats/memory/panel.h"
#include "kernels/formats/memory/planes.h"
#include "kernels/formats/memory/r16.h"
#include "kernels/formats/memory/t24.h"
#include "kernels/formats/memory/t5.h"
#include "kernels/scalar/rows.h"

static void m80_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    static const uint8_t power[5] = {1, 3, 9, 27, 81};
    const uint8_t *lane = data + row / 80 * tern_panel_bytes(k) + row % 16 * 4;
    const unsigned divide = power[row % 80 / 16];
    for (size_t j = 0; j < k; j++) code[j] = lane[j / 4 * TERN_PANEL_GROUP + j % 4] / divide % 3;
}

static void p64t_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    const uint8_t *lane = data + row / 64 * tern_panel_bytes(k) + row % 16 * 4;
    const size_t shift = row % 64 / 16 * 2;
    for (size_t j = 0; j < k; j++)
        code[j] = (uint8_t)(lane[j / 4 * TERN_PANEL_GROUP + j % 4] + 64) >> shift & 3;
}

static void b80_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    const uint8_t *lane = data + row / 80 * tern_panel_bytes(k) + row % 16 * 4;
    for (size_t j = 0; j < k; j++)
        code[j] = tern_b80_code(lane[j / 4 * TERN_PANEL_GROUP + j % 4], row % 80 / 16);
}

static void b128_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    const uint8_t *lane = data + row / 128 * tern_panel_bytes(k) + row % 16 * 4;
    const int bit = (int)(row % 128 / 16);
    for (size_t j = 0; j < k; j++)
        code[j] = (uint8_t)((lane[j / 4 * TERN_PANEL_GROUP + j % 4] >> bit & 1) * 2);
}

static void b64_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    const uint8_t *lane = data + row / TERN_GROUP_ROWS * tern_b64_panel_bytes(k) + row % TERN_GROUP_ROWS;
    for (size_t j = 0; j < k; j++) code[j] = (uint8_t)((lane[j / 8 * TERN_GROUP_ROWS] >> j % 8 & 1) * 2);
}

TERN_SCALAR(gemm_r16_i8_r1k1__scalar, tern_r16_row)
TERN_SCALAR(gemm_t5_i8_r1k1__scalar, tern_t5_row)
TERN_SCALAR(gemm_t24_i8_r1k1__scalar, tern_t24_row)
TERN_SCALAR(gemm_m80_i8_r1k1__scalar, m80_row)
TERN_SCALAR(gemm_p64t_i8_r1k1__scalar, p64t_row)
TERN_SCALAR(gemm_b80_i8_r1k1__scalar, b80_row)
TERN_SCALAR(gemm_planes_i8_r1k1__scalar, tern_planes_row)
TERN_SCALAR(gemm_bin1_i8_r1k1__scalar, tern_bin1_row)
TERN_SCALAR(gemm_b128_i8_r1k1__scalar, b128_row)
TERN_SCALAR(gemm_b64_i8_r1k1__scalar, b64_row)
