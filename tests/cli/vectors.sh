#!/bin/sh
# tern run on every file of the vectors: the continuation is the reference's, with the exact cache; of the files with a
# quantised embedding, which have none, that of their own logits: they must print 32 ids that are alike for one and three
# threads. Prints TAP, one line a file. usage: vectors.sh TERN SOURCE_ROOT
set -u
tern=$1 folder=${TERN_SHARED:-$2/../shared}/vectors
if [ ! -d "$folder" ]; then
    echo '1..0 # SKIP no shared vectors (TERN_SHARED)'
    exit 0
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export XDG_CACHE_HOME="$scratch" XDG_CONFIG_HOME="$scratch" XDG_DATA_HOME="$scratch" TERN_WISDOM="$scratch/none"

continued() { # continued MODEL NAME ARGUMENTS...
    model=$1 ids=$(tr -s ' \n' ',' <"$folder/$2.tokens.txt" | sed 's/,$//')
    shift 2
    "$tern" run -m "$model" --tokens "$ids" -n 32 --print-ids --ignore-eos --kv f32 --ctx 96 -q "$@" 2>"$scratch/why" | tr -s ' \n' ' '
}

name_of() { # the model whose function this file holds
    for g in "$folder"/*.greedy.txt; do
        g=$(basename "$g" .greedy.txt)
        case $1 in "$g".*) echo "$g" ;; esac
    done
}

count=0
for model in "$folder"/*.gguf "$folder"/*.hf*; do
    file=$(basename "$model")
    count=$((count + 1))
    case $file in
    *-embd-*) name=${file%.gguf} expected=$(continued "$model" "${file%.gguf}" -t 3 --ubatch 7) by='itself with 3 threads, ubatch 7' ;;
    *) name=$(name_of "$file") expected=$(tr -s ' \n' ' ' <"$folder/${name}.greedy.txt") by="$name.greedy.txt" ;;
    esac
    got=$(continued "$model" "$name" -t 1)
    words=$(echo "$got" | wc -w)
    if [ "$words" -eq 32 ] && [ "$(echo $got)" = "$(echo $expected)" ]; then
        echo "ok $count - $file: 32 ids as $by"
    else
        echo "not ok $count - $file: '$got' is not '$expected' ($by); $(head -n 1 "$scratch/why")"
    fi
done
echo "1..$count"
