#!/bin/sh
# The trained model that comes with tern: same ids as its trainer's encoder, same perplexity whatever computes it and as
# the training framework, the story it tells. Prints TAP. Usage: tiny.sh TERN SOURCE_ROOT
tern=$1 root=$2
tiny=$root/models/tiny
model=$tiny/tern-tiny.gguf
. "$(dirname "$0")/check.sh"
unset TERN_ISA TERN_KERNEL TERN_WISDOM
field() { # NAME < JSON
    sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",]*\).*/\1/p"
}
text=$work/held-out.txt
gzip -dc "$root/tests/data/held-out.txt.gz" >"$text"
check "the held-out text has 200 KB" [ "$(wc -c <"$text")" -ge 200000 ]

printf "It's 12345 caf\303\251s, don't!  \n\n\t Two  spaces   \344\270\255\346\226\207 ''s 'S I'll <|endoftext|> a<|endoftext|>\360\237\230\200 \302\275 \342\200\203z\n " \
    >"$work/odd.txt"
same_ids() {
    "$tern" tokenize -m "$model" --special -f "$1" >"$work/tern.ids" &&
        python3 "$tiny/train/bpe.py" encode "$model" "$1" >"$work/trainer.ids" &&
        cmp -s "$work/tern.ids" "$work/trainer.ids"
}
for file in "$text" "$work/odd.txt"; do
    check "$(basename "$file"): the ids are those of the trainer's encoder" same_ids "$file"
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
check "perplexity of 300 tokens is $wanted" [ -n "$wanted" ]
for threads in 2 3; do
    check "the same to six digits with $threads threads" same "$(perplexity --tokens 300 -t $threads)"
done
levels=$("$tern" doctor --json | awk -F'"' '$2 == "usable" {here = 1} here && $2 == "names" {print $4; exit}')
for isa in scalar $levels; do
    check "the same to six digits with TERN_ISA=$isa" same "$(TERN_ISA=$isa perplexity --tokens 300 -t 2)"
done
# One exact kernel of each format that can hold zeros: the last in the list, which is the most particular one.
"$tern" list --runnable --filter '^gemm_.*_i8_' --json >"$work/list"
formats=0
for kernel in $(awk -F'"' '$2 == "name" {name = $4} $2 == "format" {format = $4} /"exact": true/ {last[format] = name}
                END {for (f in last) print last[f]}' "$work/list" | sort); do
    TERN_KERNEL=$kernel "$tern" perplexity -q -f "$text" --tokens 300 -t 2 --json >"$work/json"
    field plan <"$work/json" | grep -q "^$kernel " || continue # cannot hold this model
    formats=$((formats + 1))
    check "the same to six digits with $kernel" same "$(field perplexity <"$work/json")"
done
check "$formats formats were compared" [ $formats -ge 10 ]

within() { # within 0.5 % of what the training framework itself found
    awk -v mine="$1" -v theirs="$(field perplexity <"$tiny/evaluation.json")" 'BEGIN {
        off = mine / theirs - 1
        printf "# tern %s, training framework %s\n", mine, theirs
        exit !(mine > 1 && off < 0.005 && off > -0.005)
    }'
}
check "within 0.5 % of the training framework's own evaluation" \
    within "$(perplexity --tokens "$(field tokens_read <"$tiny/evaluation.json")" --ctx 256 --stride 128)"

prompt=$(sed 1q "$tiny/greedy.txt")
check "the greedy story is the one that is kept" \
    [ "$prompt$("$tern" run -q -n 200 -p "$prompt" -t 2)" = "$(sed 1d "$tiny/greedy.txt")" ]
go run -n 20 -p "$prompt"
parted() { [ $code = 0 ] && err 'generation: .* tok/s' && [ -s "$work/out" ]; }
check "without -m, text goes to stdout and speed to stderr" parted
mkdir -p "$work/moved/bin" "$work/moved/share/tern"
cp "$tern" "$work/moved/bin/tern" && cp "$model" "$work/moved/share/tern/"
"$work/moved/bin/tern" perplexity -q -f "$work/odd.txt" --json >"$work/out" 2>"$work/err"
check "a moved installation finds its own model" out "\"model\": \"$work/moved/"
echo "1..$number"
