#include "models/load/packed.h"

#include "kernels/formats/file/tl.h"
#include "models/gguf/file.h"
#include "models/gguf/types.h"

#include <stdio.h>
#include <string.h>

/* In the order in which they are tried; an id may have several rows. */
static const struct {
    uint32_t type;
    const char *format;
} candidates[] = {
    {34, "tq10"},   {35, "tq20"},   {36, "i2s"},      {36, "i2sarm"},   {36, "i2s4"},    {38, "tl1"},
    {39, "tl2"},    {40, "vlut2"},  {41, "q10"},      {42, "q20g64"},   {42, "q20g128"}, {45, "vlut1"},
    {134, "iq1bn"}, {135, "iq2bn"}, {142, "q20g128"}, {335, "iq2bnr4"},
};

struct place {
    const struct tern_gguf *g;
    const char *name;
    const struct tern_gguf_tensor *t;
    uint64_t room;
    int last; /* nothing limits what lies behind it */
    const struct tern_tl_tiles *tiles;
};

/* Whether the format takes the shape; of TL1 and TL2 with the tile that the user named, which then has to
 * fit. */
static enum tern_status accepts(const struct place *p, const struct tern_format *f, struct tern_linear *out,
                                struct tern_error *e) {
    const int one = f == &tern_format_tl1;
    if ((!one && f != &tern_format_tl2) || !p->tiles || !p->tiles->count)
        return f->accepts(out->m, out->k, e);
    const struct tern_tl_tile *t = tern_tl_tiles_for(p->tiles, out->m, out->k);
    if (!t)
        return tern_fail(e, TERN_BAD_INPUT, "%s: %zux%zu: the tiles that were named have none for it",
                         f->name, out->m, out->k);
    out->tile = *t;
    return (one ? tern_tl1_check : tern_tl2_check)(*t, out->m, out->k, e) ? TERN_BAD_INPUT : TERN_OK;
}

/* Whether the format's bytes fill the room up to padding. The first refusal is the one that is told. */
static enum tern_status try_format(const struct place *p, const struct tern_format *f,
                                   struct tern_linear *out, struct tern_error *e) {
    struct tern_error why = {{0}};
    enum tern_status s = accepts(p, f, out, &why);
    if (s) return tern_fail(e, s, "model: %s: %s: %s", tern_gguf_path(p->g), p->name, why.text);
    const size_t need = f->bytes(out->m, out->k);
    if (need > p->room || (!p->last && p->room - need >= p->g->alignment)) {
        const int small = need > p->room;
        return tern_fail(e, small ? TERN_BAD_INPUT : TERN_UNSUPPORTED,
                         "model: %s: %s: type %u should be %zu bytes of %s, the file has %llu: %s",
                         tern_gguf_path(p->g), p->name, p->t->type, need, f->name,
                         (unsigned long long)p->room,
                         small ? "truncated, or another format with this id" : "another format with this id");
    }
    float scale = 1;
    if (f->scale && (s = f->scale(p->t->data, out->m, out->k, &scale, &why)))
        return tern_fail(e, s, "model: %s: %s: %s", tern_gguf_path(p->g), p->name, why.text);
    out->format = f;
    out->data = p->t->data;
    out->scale = scale;
    return TERN_OK;
}

/* "<name>_scale" when it lies right behind the tensor: then readers find the scale where the format keeps it.
 */
static const struct tern_gguf_tensor *scale_behind(const struct tern_gguf *g, const char *name,
                                                   const struct tern_gguf_tensor *t) {
    char full[128];
    snprintf(full, sizeof full, "%s_scale", name);
    const struct tern_gguf_tensor *s = tern_gguf_tensor_named(g, full);
    return s && s->type == TERN_GGML_F32 && s->dim[0] == 1 && s->offset == t->offset + t->bytes ? s : NULL;
}

/* Whether a tensor is the last thing in its file. */
static int last_of(const struct tern_map *map, const struct tern_gguf_tensor *t) {
    return map && t->data + t->bytes == map->data + map->bytes;
}

enum tern_status tern_packed_decide(const struct tern_gguf *g, const char *name,
                                    const struct tern_gguf_tensor *t, const struct tern_format *i2s,
                                    const struct tern_tl_tiles *tiles, struct tern_linear *out,
                                    const struct tern_gguf_tensor **side, struct tern_error *e) {
    struct place p = {g, name, t, t->bytes, last_of(tern_gguf_map_of(g, t->data), t), tiles};
    struct tern_error first = {{0}};
    enum tern_status s = TERN_SKIPPED;
    *side = t->type == TERN_GGML_TL1 || t->type == TERN_GGML_TL2 ? scale_behind(g, name, t) : NULL;
    if (*side) p.room += (*side)->bytes;
    if (t->type == TERN_GGML_I2_S && i2s) return try_format(&p, i2s, out, e);
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        struct tern_error why = {{0}};
        if (candidates[i].type != t->type) continue;
        const enum tern_status now = try_format(&p, tern_format_named(candidates[i].format), out, &why);
        if (!now) return TERN_OK;
        if (s == TERN_SKIPPED) s = now, first = why;
    }
    if (s != TERN_SKIPPED) return tern_fail(e, s, "%s", first.text);
    return tern_fail(e, TERN_UNSUPPORTED, "model: %s: %s: type %u (%s) is not supported as a linear layer",
                     tern_gguf_path(g), name, t->type, tern_ggml_type_name(t->type));
}
