/* What the bytes of a packed linear layer are. Several programs gave the same ggml type id to different
 * layouts (39 is TL2 and MXFP4, 42 is Q2_0 with two block sizes). So an id only names candidates: the
 * format whose size fits the room in the file is taken. The three layouts of I2_S have one id, one size and
 * the same codes; see i2s_layout.h. */
#ifndef TERN_MODELS_LOAD_PACKED_H
#define TERN_MODELS_LOAD_PACKED_H

#include "models/gguf/gguf.h"
#include "models/load/tl_tiles.h"
#include "models/model.h"

/* Sets format, data and scale of `out`, whose m and k are given, from tensor `t` with this name. `i2s` is
 * the layout of I2_S tensors, or NULL; `tiles` are those of TL1 and TL2, or NULL or empty for the published
 * ones. *side becomes the tensor that holds the scale when `t` has no room for it, as the Python converters
 * of TL1 write it; else NULL. TERN_BAD_INPUT when the file is too short for every candidate,
 * TERN_UNSUPPORTED when no candidate fits or there is none. */
enum tern_status tern_packed_decide(const struct tern_gguf *g, const char *name,
                                    const struct tern_gguf_tensor *t, const struct tern_format *i2s,
                                    const struct tern_tl_tiles *tiles, struct tern_linear *out,
                                    const struct tern_gguf_tensor **side, struct tern_error *e);

#endif
