#!/bin/sh
# The tuner killed with SIGKILL at several moments: the wisdom file is always whole, --resume goes on, and no finished
# sample is lost. Prints TAP. Usage: kill.sh TERN
tern=$1
. "$(dirname "$0")/check.sh"
tune() { # tune exec: in place of this shell, so that $! is the tuner itself
    $1 "$tern" tune --problem 256x512x1 --problem 512x256x1 --problem 320x512x1 --problem 256x512x16 --threads 1 --batch 1 \
        --budget 30 --effort quick -q --wisdom "$work/wisdom" --records "$work/records" --seed 7 --resume >"$work/out" 2>&1
}
lines() { if [ -f "$1" ]; then grep -c '}$' "$1"; else echo 0; fi; }

whole=1 grew=1 before=0 killed=0
for ms in 700 2000 3000 4000 6000; do
    tune exec &
    pid=$!
    sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
    kill -9 $pid 2>/dev/null && killed=$((killed + 1))
    wait $pid 2>/dev/null
    sleep 0.2
    if [ -f "$work/wisdom" ] && ! "$tern" wisdom show --wisdom "$work/wisdom" >"$work/shown" 2>&1; then
        whole=0
        echo "# after $ms ms: $(head -n 1 "$work/shown")"
    fi
    now=$(lines "$work/wisdom.journal")
    [ "$now" -ge "$before" ] || grew=0
    before=$now
done
echo "1..5"
check "the tuner was killed $killed times while it worked" [ $killed -ge 3 ]
check "the wisdom file was whole every time" [ $whole = 1 ]
check "no finished sample was lost" [ $grew = 1 ]
check "it resumes and finishes" tune ''
grep 'journal' "$work/out" | sed 's/^/# /'
go wisdom show --wisdom "$work/wisdom"
check "all four problems are in the wisdom" [ "$(grep -c 'x1 \|x16 ' "$work/out")" -ge 4 ]
