/* What the bytes of a packed linear layer are. ggml type ids have been given to several layouts by several
 * programs (39 is TL2 and MXFP4, 42 two block sizes of Q2_0), so an id only names candidates: the one whose
 * size fits the room in the file is taken. The three layouts of I2_S have one id, one size and the same
 * codes; see i2s_layout.h. */
#ifndef TERN_MODELS_LOAD_PACKED_H
#define TERN_MODELS_LOAD_PACKED_H

#include "models/gguf/gguf.h"
#include "models/load/tl_tiles.h"
#include "models/model.h"

/* Sets format, data and scale of `out` (m and k are given) from tensor `t`, called `name`. `i2s` is the
 * layout to prefer for I2_S, or NULL; `tiles` those of TL1 and TL2, NULL or empty for the published ones.
 * TERN_BAD_INPUT when the file is too short for every candidate, TERN_UNSUPPORTED when none fits or the type
 * has none. *side is the tensor that keeps the scale when the tensor itself has no room for it (as the Python
 * converters of TL1 write it), else NULL. */
enum tern_status tern_packed_decide(const struct tern_gguf *g, const char *name,
                                    const struct tern_gguf_tensor *t, const struct tern_format *i2s,
                                    const struct tern_tl_tiles *tiles, struct tern_linear *out,
                                    const struct tern_gguf_tensor **side, struct tern_error *e);

#endif
