#!/bin/sh
# tern tokenize: command.sh TERN DATA-FOLDER
tern=$1 data=$2 failed=0

# expect WHAT EXIT-CODE OUTPUT command...
expect() {
    what=$1 want_code=$2 want=$3
    shift 3
    got=$("$@" 2>&1)
    code=$?
    if [ "$code" != "$want_code" ] || { [ "$want" != '*' ] && [ "$got" != "$want" ]; }; then
        printf 'FAILED: %s: exit %s, wanted %s: %s\n' "$what" "$code" "$want_code" "$got"
        failed=1
    fi
}

# The output of a command without white space.
narrow() { "$@" | tr -d ' \n'; }

bpe=$data/micro-bpe.vocab.gguf
expect 'ids of a text' 0 '116 257 297' "$tern" tokenize -m "$bpe" -p 'the river'
expect 'ids of an empty text' 0 '' "$tern" tokenize -m "$bpe" -p ''
expect 'SentencePiece ids' 0 '261 284 281' "$tern" tokenize -m "$data/micro-spm.vocab.gguf" -p 'the river'
expect 'special tokens' 0 '316 258' "$tern" tokenize -m "$bpe" --special -p '<|eot_id|> the'
expect 'text of ids' 0 'the river' "$tern" tokenize -m "$bpe" --decode -p '116, 257 297'
expect 'hidden control token' 0 ' the' "$tern" tokenize -m "$bpe" --decode -p '316 258'
expect 'shown control token' 0 '<|eot_id|> the' "$tern" tokenize -m "$bpe" --decode --special -p '316 258'
expect 'JSON of ids' 0 "{\"model\":\"$bpe\",\"count\":3,\"ids\":[116,257,297]}" narrow "$tern" tokenize -m "$bpe" --json -p 'the river'
expect 'JSON of bytes that are no text' 0 "{\"model\":\"$bpe\",\"count\":1,\"ids\":[255],\"hex\":\"ff\"}" narrow "$tern" tokenize -m "$bpe" --json --decode -p 255
expect 'synthetic model' 0 '97 98' "$tern" tokenize -m synth:2b-4t -p ab
expect 'id outside the vocabulary' 3 'tern: tokenizer: id 320: outside the vocabulary of 320 tokens' "$tern" tokenize -m "$bpe" --decode -p 320
expect 'ids that are none' 3 'tern: tokenize: ids: character 3: not a token id' "$tern" tokenize -m "$bpe" --decode -p '1 x'
expect 'id beyond all bounds' 3 '*' "$tern" tokenize -m "$bpe" --decode -p 99999999999999999999
expect 'no text' 3 '*' "$tern" tokenize -m "$bpe"
expect 'two texts' 3 '*' "$tern" tokenize -m "$bpe" -p a -f b
expect 'no model' 3 '*' "$tern" tokenize -p a
expect 'missing model' 3 '*' "$tern" tokenize -m "$data/none.gguf" -p a
expect 'no model file' 3 '*' "$tern" tokenize -m "$data/micro-bpe.tokenizer.jsonl" -p a
expect 'help' 0 '*' "$tern" tokenize --help

there=$("$tern" tokenize -m "$bpe" -f "$data/micro-bpe.tokenizer.jsonl") &&
    back=$(printf %s "$there" | "$tern" tokenize -m "$bpe" --decode -f -) || failed=1
[ "$back" = "$(cat "$data/micro-bpe.tokenizer.jsonl")" ] || { echo 'FAILED: a file there and back'; failed=1; }
exit $failed
