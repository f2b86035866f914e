#!/bin/sh
# What the emulated machine of arm_token.sh runs: $levels are levels of instructions, with commas between them. What a longer
# continuation executes more is that of its further tokens.
for level in $(echo "$levels" | tr ',' ' '); do
    for n in 2 4; do
        TERN_ISA=$level drill-command tern run -q -m /token.gguf --tokens 1,2,3,4 --ignore-eos --print-ids -n $n -t 1 --ctx 96 \
            --no-wisdom --no-race --no-cache >/tmp/ids 2>/tmp/err
        count=$(sed -n 's/^instructions //p' /tmp/err)
        [ -n "$count" ] || cat /tmp/err
        echo "counted $level $n $count ids $(tr -s '\n' ' ' </tmp/ids)"
    done
done
