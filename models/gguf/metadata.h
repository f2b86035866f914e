/* Keys of our own in the metadata, for what a checkpoint says and GGUF has no key for. The folder reader writes
 * them; tokenizer and loader read them. */
#ifndef TERN_MODELS_GGUF_METADATA_H
#define TERN_MODELS_GGUF_METADATA_H

/* An array of strings: the steps of the normalizer (models/tokenizer/text/normalize.h). */
#define TERN_KEY_NORMALIZER "tern.normalizer"

/* An array of pairs of token id and flags: how an added token is found in a text. */
#define TERN_KEY_ADDED "tern.added_tokens"
enum {
    TERN_ADDED_LSTRIP = 1,     /* it takes the white space before it */
    TERN_ADDED_RSTRIP = 2,     /* and after it */
    TERN_ADDED_SINGLE = 4,     /* only where no word goes on at either end */
    TERN_ADDED_NORMALIZED = 8, /* it is looked for after the normalizer */
    TERN_ADDED_ALL = 15
};

/* Arrays of token ids: what goes around a text, when it is not the one beginning-of-text or end-of-text token; and
 * the tokens that end a text, when there are several. */
#define TERN_KEY_BEFORE "tern.tokens_before"
#define TERN_KEY_AFTER  "tern.tokens_after"
#define TERN_KEY_ENDS   "tern.end_tokens"

/* Flags. The space before a text goes before its first word only; it is left out where a space is. */
#define TERN_KEY_PREFIX_FIRST  "tern.space_prefix.first"
#define TERN_KEY_PREFIX_UNLESS "tern.space_prefix.unless_space"
/* Byte-level BPE takes a whole word that is a token without asking the merges. Without this key the rule that splits
 * words decides. */
#define TERN_KEY_WHOLE_WORDS "tern.whole_words"

#endif
