/* An outcome as records. Inside this folder only. */
#ifndef TERN_TUNER_SESSION_OUTCOME_RECORD_H
#define TERN_TUNER_SESSION_OUTCOME_RECORD_H

#include "tuner/session/session.h"

/* Appends the outcome's records to the options' file. */
enum tern_status tern_outcome_record(const struct tern_session *s, const struct tern_outcome *out,
                                     struct tern_error *e);

#endif
