#!/bin/sh
# Thread counts as something to search. Prints TAP. Usage: threads.sh TERN SOURCE_ROOT
tern=$1 data=$2/tests/data/topology
. "$(dirname "$0")/check.sh"
export TERN_WISDOM="$work/wisdom"
counts() { [ "$(sed -n 's/^640x2560x1 t\([0-9]*\) .*/\1/p' "$work/out" | tr '\n' ' ')" = "$1 " ]; }
dry() { # dry MACHINE ARGUMENTS...
    file=$data/$1.xml
    shift
    HWLOC_XMLFILE=$file go tune --dry-run --problem 640x2560x1 "$@"
}
echo 1..9
if HWLOC_XMLFILE=$data/two-socket-server.xml "$tern" doctor 2>/dev/null | grep -q XML; then
    dry two-socket-server --threads auto
    check "auto: powers of two up to all processors" counts "1 2 4 8 16"
    dry arm-big-little --kind mid --threads auto
    check "auto: of one kind of core, all of its processors" counts "1 2 3"
    dry two-socket-server --threads 1,14..max
    check "a list may hold a range up to the last processor" counts "1 14 15 16"
    dry two-socket-server --verbose --json --threads 1,16
    check "a split of K that is left out has its reason" both out '"one thread has nothing to split K with"' '"threads > 1"'
    check "a split of K that is tried is a seed" out '"[a-z0-9= ]*split=k"'
else
    for name in auto kind range reason seed; do skip "$name" "built without hwloc"; done
fi
go tune --dry-run --problem 640x2560x1 --threads 4..2
check "a range that runs backwards is refused" refused 3 'from 4 to'
go tune --dry-run --problem 640x2560x1 --threads ,
check "an empty list is refused" refused 3 'an empty list'
if [ "$(nproc)" -gt 1 ]; then
    TERN_ISA=scalar go tune -q -v --problem 64x256x1 --threads 1..2 --effort quick --budget 900
    check "the winners of both counts meet" both out '^64x256x1 .* of 2 thread counts [12] is best: ' 'threads*: [0-9.]* times as long \['
    kept() { [ "$(grep -c ' t=[12] .* best_t=[12] behind=' "$TERN_WISDOM")" = 2 ] && grep -q 'behind=1.0000 ' "$TERN_WISDOM"; }
    check "wisdom keeps which count is best" kept
else
    skip "meeting" "one processor"
    skip "wisdom" "one processor"
fi
