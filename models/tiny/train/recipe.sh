#!/bin/sh
# Everything that made tern-tiny.gguf, from nothing: corpus, vocabulary, training, baselines, file, numbers of the card.
# Needs Debian's python3-torch; about 25 minutes on two idle cores, two runs side by side.
#
#   recipe.sh DIR [TERN]     DIR takes 110 MB; TERN is the built program, for the comparison at the end
#
# Stops and continues: what DIR holds already is not made again, and training goes on from its last checkpoint.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=$1 tern=${2:-$here/../../../build/cli/tern}
python=/usr/bin/python3
cd "$here"
mkdir -p "$dir"
# One large heap instead of a mapping per tensor: a third less system time.
export MALLOC_TOP_PAD_=268435456 MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=8589934592

[ -s "$dir/train.txt" ] || $python corpus.py write "$dir/train.txt" --megabytes 26 --seed 1 --names train
[ -s "$dir/held-out.txt" ] || $python corpus.py write "$dir/held-out.txt" --kilobytes 220 --seed 2 --names held-out
[ -s "$dir/vocab.json" ] || $python bpe.py learn "$dir/train.txt" "$dir/vocab.json" --size 1024

[ -s "$dir/train.txt.ids.npy" ] || $python -c 'import sys, train; train.tokens_of(*sys.argv[1:])' "$dir/train.txt" "$dir/vocab.json"

run() { # NAME ARG...
    name=$1
    shift
    $python train.py "$dir/$name" --corpus "$dir/train.txt" --vocab "$dir/vocab.json" --steps 2700 --batch 8 --rate 3e-3 --seed 1 \
        --threads 1 "$@"
}
run ternary &
run full --full-precision
wait

$python export.py "$dir/ternary/checkpoint.pt" --vocab "$dir/vocab.json" "$dir/tern-tiny.gguf"
echo "== repetition"
$python corpus.py rate "$dir/train.txt"
$python corpus.py rate "$dir/held-out.txt" --against "$dir/train.txt"
echo "== held-out perplexity: ternary and full precision in the training framework, 5-gram, tern"
for name in ternary full; do
    $python evaluate.py "$dir/$name/checkpoint.pt" --vocab "$dir/vocab.json" --text "$dir/held-out.txt"
done
$python kn.py --corpus "$dir/train.txt" --vocab "$dir/vocab.json" "$dir/held-out.txt"
"$tern" perplexity -m "$dir/tern-tiny.gguf" -f "$dir/held-out.txt" --ctx 256 --stride 128 -q
echo "== logits of training framework and tern"
prompt="Once upon a time, a little girl named Mia lived in a small house by the sea."
"$tern" run -m "$dir/tern-tiny.gguf" -p "$prompt" -n 0 --logits "$dir/logits.f32" --kv f32 -q
$python evaluate.py "$dir/ternary/checkpoint.pt" --vocab "$dir/vocab.json" --prompt "$prompt" --compare "$dir/logits.f32"
