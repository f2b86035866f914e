#!/bin/sh
# Greedy and sampled continuations of five prompts, as they stand in models/tiny/samples.md.
#
#   samples.sh TERN [MODEL]
set -eu
tern=$1
[ $# -gt 1 ] && set -- -m "$2" || set --
echo "Continuations by \`models/tiny/train/samples.sh build/cli/tern\`: the prompt in bold, greedy, then sampled (--temp 0.5"
echo "--top-p 0.8, seeds 1 and 2), until the model ends the story, after 230 tokens at the latest."
while read -r prompt; do
    for how in "--temp 0" "--temp 0.5 --top-p 0.8 --seed 1" "--temp 0.5 --top-p 0.8 --seed 2"; do
        # shellcheck disable=SC2086
        text=$("$tern" run "$@" -q -n 230 $how -p "$prompt")
        printf '\n`%s`\n\n**%s**%s\n' "$how" "$prompt" "$text"
    done
done <<'P'
Once upon a time
Tom was a lazy boy. One day he
One cold morning Lily found a small bird with a broken wing.
A little fox named Bruno had a red kite.
"Where is my blue hat?" asked Anna.
P
