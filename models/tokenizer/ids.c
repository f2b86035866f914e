#include "models/tokenizer/ids.h"

#include <stdlib.h>

int tern_ids_push(struct tern_ids *ids, int32_t id) {
    if (ids->count == ids->room) {
        const size_t room = ids->room ? ids->room * 2 : 32;
        int32_t *grown = realloc(ids->id, room * sizeof *grown);
        if (!grown) return -1;
        ids->id = grown;
        ids->room = room;
    }
    ids->id[ids->count++] = id;
    return 0;
}

enum tern_status tern_ids_push_byte(struct tern_ids *ids, const struct tern_vocabulary *v, uint8_t byte,
                                    struct tern_error *e) {
    const int32_t id = v->byte_token[byte] >= 0 ? v->byte_token[byte] : v->unknown;
    if (id < 0)
        return tern_fail(e, TERN_UNSUPPORTED, "tokenizer: text: the vocabulary has no token for byte 0x%02x",
                         byte);
    return tern_ids_push(ids, id) ? tern_fail(e, TERN_NO_MEMORY, "tokenizer: out of memory") : TERN_OK;
}
