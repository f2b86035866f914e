#!/bin/sh
# The tuner killed with SIGKILL at several moments: the wisdom file is always whole, --resume goes on, and no finished
# sample is lost. Prints TAP. Usage: kill.sh TERN
set -u
tern=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_CONFIG_HOME="$work/config" XDG_STATE_HOME="$work/state" XDG_CACHE_HOME="$work/cache"
tune() { # tune exec: in place of this shell, so that $! is the tuner itself
    $1 "$tern" tune --problem 256x512x1 --problem 512x256x1 --problem 320x512x1 --problem 256x512x16 --threads 1 --batch 1 \
        --budget 30 --effort quick -q --wisdom "$work/wisdom" --records "$work/records" --seed 7 --resume
}
lines() { if [ -f "$1" ]; then grep -c '}$' "$1"; else echo 0; fi; }

whole=1 grew=1 before=0 killed=0
for ms in 700 2000 3000 4000 6000; do
    tune exec >"$work/out" 2>&1 &
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
check() { if [ "$2" = 1 ]; then echo "ok $1 - $3"; else echo "not ok $1 - $3"; fi; }
check 1 "$([ $killed -ge 3 ] && echo 1)" "the tuner was killed $killed times while it worked"
check 2 $whole "the wisdom file was whole every time"
check 3 $grew "no finished sample was lost"
tune '' >"$work/out" 2>&1
check 4 "$([ $? = 0 ] && echo 1)" "it resumes and finishes"
grep 'journal' "$work/out" | sed 's/^/# /'
check 5 "$([ "$("$tern" wisdom show --wisdom "$work/wisdom" | grep -c 'x1 \|x16 ')" -ge 4 ] && echo 1)" "all four problems are in the wisdom"
