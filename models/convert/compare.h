/* Whether two models hold the same: what a conversion checks before the new file gets its name. */
#ifndef TERN_MODELS_CONVERT_COMPARE_H
#define TERN_MODELS_CONVERT_COMPARE_H

#include "models/convert/convert.h"

/* TERN_OK when both models hold the same trits, scales, dense values and hyper-parameters. With a `head`
 * other than TERN_DENSE_NONE, the output matrix of `b` must be that of `a` rounded to this type. Counts in
 * `facts` what was compared. TERN_UNSUPPORTED, with the tensor, for the first difference. */
enum tern_status tern_models_equal(const struct tern_model *a, const struct tern_model *b,
                                   enum tern_dense_type head, struct tern_convert_facts *facts,
                                   struct tern_error *e);

#endif
