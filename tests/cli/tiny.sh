#!/bin/sh
# The trained model that comes with tern: same ids as its trainer's encoder, same perplexity whatever computes it and as
# the training framework, the story it tells. Prints TAP. Usage: tiny.sh TERN SOURCE_ROOT
set -u
tern=$1 root=$2
tiny=$root/models/tiny
model=$tiny/tern-tiny.gguf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_CONFIG_HOME= XDG_STATE_HOME= XDG_CACHE_HOME=
unset TERN_ISA TERN_KERNEL TERN_WISDOM
number=0
check() { # TITLE, after a command: ok when that succeeded
    status=$?
    number=$((number + 1))
    [ $status -eq 0 ] && echo "ok $number - $1" || echo "not ok $number - $1"
}
field() { # NAME < JSON
    sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",]*\).*/\1/p"
}
text=$work/held-out.txt
gzip -dc "$root/tests/data/held-out.txt.gz" >"$text"
[ "$(wc -c <"$text")" -ge 200000 ]
check "the held-out text has 200 KB"

printf "It's 12345 caf\303\251s, don't!  \n\n\t Two  spaces   \344\270\255\346\226\207 ''s 'S I'll <|endoftext|> a<|endoftext|>\360\237\230\200 \302\275 \342\200\203z\n " \
    >"$work/odd.txt"
for file in "$text" "$work/odd.txt"; do
    "$tern" tokenize -m "$model" --special -f "$file" >"$work/tern.ids" &&
        python3 "$tiny/train/bpe.py" encode "$model" "$file" >"$work/trainer.ids" &&
        cmp -s "$work/tern.ids" "$work/trainer.ids"
    check "$(basename "$file"): the ids are those of the trainer's encoder"
done

# perplexity ARG...
perplexity() {
    "$tern" perplexity -q -f "$text" --json "$@" | field perplexity
}
# same VALUE: the wanted one to six digits. The integer sums are equal bit by bit; the f32 sums of the head may differ in
# their last bit from one ISA level to another, so rounded texts are not compared.
same() {
    awk -v a="$1" -v b="$wanted" 'BEGIN { exit !(a > 1 && b > 1 && a - b < 5e-7 * b && b - a < 5e-7 * b) }'
}
wanted=$(perplexity --tokens 300 -t 1)
[ -n "$wanted" ]
check "perplexity of 300 tokens is $wanted"
for threads in 2 3; do
    same "$(perplexity --tokens 300 -t $threads)"
    check "the same to six digits with $threads threads"
done
for isa in scalar avx2 avx512bw avx512vnni; do
    same "$(TERN_ISA=$isa perplexity --tokens 300 -t 2)"
    check "the same to six digits with TERN_ISA=$isa"
done
# One exact kernel of each format that can hold zeros: the last in the list, which is the most particular one.
"$tern" list --runnable --filter '^gemm_.*_i8_' --json >"$work/list"
formats=0
for kernel in $(awk -F'"' '$2 == "name" {name = $4} $2 == "format" {format = $4} /"exact": true/ {last[format] = name}
                END {for (f in last) print last[f]}' "$work/list" | sort); do
    TERN_KERNEL=$kernel "$tern" perplexity -q -f "$text" --tokens 300 -t 2 --json >"$work/json"
    field plan <"$work/json" | grep -q "^$kernel " || continue # cannot hold this model
    formats=$((formats + 1))
    same "$(field perplexity <"$work/json")"
    check "the same to six digits with $kernel"
done
[ $formats -ge 10 ]
check "$formats formats were compared"

awk -v mine="$(perplexity --tokens "$(field tokens_read <"$tiny/evaluation.json")" --ctx 256 --stride 128)" \
    -v theirs="$(field perplexity <"$tiny/evaluation.json")" 'BEGIN {
        off = mine / theirs - 1
        printf "# tern %s, training framework %s\n", mine, theirs
        exit !(mine > 1 && off < 0.005 && off > -0.005)
    }'
check "within 0.5 % of the training framework's own evaluation"

prompt=$(sed 1q "$tiny/greedy.txt")
[ "$prompt$("$tern" run -q -n 200 -p "$prompt" -t 2)" = "$(sed 1d "$tiny/greedy.txt")" ]
check "the greedy story is the one that is kept"
"$tern" run -n 20 -p "$prompt" 2>"$work/speed" >"$work/story" && grep -q 'generation: .* tok/s' "$work/speed" && [ -s "$work/story" ]
check "without -m, text goes to stdout and speed to stderr"
mkdir -p "$work/moved/bin" "$work/moved/share/tern"
cp "$tern" "$work/moved/bin/tern" && cp "$model" "$work/moved/share/tern/"
"$work/moved/bin/tern" perplexity -q -f "$work/odd.txt" --json | grep -q "\"model\": \"$work/moved/"
check "a moved installation finds its own model"
echo "1..$number"
