#!/bin/sh
# Thread counts as something to search: TERN TERN_SOURCE_ROOT
tern=$1 data=$2/tests/data/topology
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
export TERN_WISDOM="$dir/wisdom" XDG_STATE_HOME="$dir"
n=0
check() { # NAME, then 0 or not
    n=$((n + 1))
    if [ "$2" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; sed 's/^/# /' "$dir/out" "$dir/err"; fi
}
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }
go() { "$tern" "$@" >"$dir/out" 2>"$dir/err"; }
counts() { sed -n 's/^640x2560x1 t\([0-9]*\) .*/\1/p' "$dir/out" | tr '\n' ' '; }
echo 1..9
if HWLOC_XMLFILE=$data/two-socket-server.xml "$tern" doctor 2>/dev/null | grep -q XML; then
    HWLOC_XMLFILE=$data/two-socket-server.xml go tune --dry-run --problem 640x2560x1 --threads auto
    check "auto: powers of two up to all processors" "$([ "$(counts)" = "1 2 4 8 16 " ]; echo $?)"
    HWLOC_XMLFILE=$data/arm-big-little.xml go tune --dry-run --kind mid --problem 640x2560x1 --threads auto
    check "auto: of one kind of core, all of its processors" "$([ "$(counts)" = "1 2 3 " ]; echo $?)"
    HWLOC_XMLFILE=$data/two-socket-server.xml go tune --dry-run --problem 640x2560x1 --threads 1,14..max
    check "a list may hold a range up to the last processor" "$([ "$(counts)" = "1 14 15 16 " ]; echo $?)"
    HWLOC_XMLFILE=$data/two-socket-server.xml go tune --dry-run --verbose --json --problem 640x2560x1 --threads 1,16
    check "a split of K that is left out has its reason" "$(grep -q '"one thread has nothing to split K with"' "$dir/out" && grep -q '"threads > 1"' "$dir/out"; echo $?)"
    check "a split of K that is tried is a seed" "$(grep -q '"[a-z0-9= ]*split=k"' "$dir/out"; echo $?)"
else
    for name in auto kind range reason seed; do skip "$name" "built without hwloc"; done
fi
go tune --dry-run --problem 640x2560x1 --threads 4..2
check "a range that runs backwards is refused" "$([ $? = 3 ] && [ "$(wc -l <"$dir/err")" = 1 ]; echo $?)"
go tune --dry-run --problem 640x2560x1 --threads ,
check "an empty list is refused" "$([ $? = 3 ] && grep -q 'an empty list' "$dir/err"; echo $?)"
if [ "$(nproc)" -gt 1 ]; then
    TERN_ISA=scalar go tune -q --problem 64x256x1 --threads 1..2 --effort quick --budget 900
    check "the winners of both counts meet" "$(grep -q '^64x256x1 .* of 2 thread counts [12] is best: ' "$dir/out" && grep -q 'threads*: [0-9.]* times as long \[' "$dir/out"; echo $?)"
    check "wisdom keeps which count is best" "$([ "$(grep -c ' t=[12] .* best_t=[12] behind=' "$TERN_WISDOM")" = 2 ] && grep -q 'behind=1.0000 ' "$TERN_WISDOM"; echo $?)"
else
    skip "meeting" "one processor"
    skip "wisdom" "one processor"
fi
