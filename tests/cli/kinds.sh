#!/bin/sh
# Tuning by kind of core, on topologies of other machines: TERN TERN_SOURCE_ROOT
tern=$1 data=$2/tests/data/topology
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
export TERN_WISDOM="$dir/wisdom" XDG_STATE_HOME="$dir"
if ! HWLOC_XMLFILE=$data/hybrid-laptop.xml "$tern" doctor 2>/dev/null | grep -q XML; then
    echo "1..0 # SKIP built without hwloc"
    exit 0
fi
n=0
check() { # NAME, then 0 or not
    n=$((n + 1))
    if [ "$2" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; sed 's/^/# /' "$dir/out" "$dir/err"; fi
}
go() { HWLOC_XMLFILE=$data/$1.xml; shift; HWLOC_XMLFILE=$HWLOC_XMLFILE "$tern" "$@" >"$dir/out" 2>"$dir/err"; }
echo 1..9
go hybrid-laptop tune --dry-run --problem 640x2560x1
check "every kind is listed with its processors" "$(grep -q '^kind P .* processors 0 2 4 6 1 3 5 7;' "$dir/out" && grep -q '^kind E .* processors 8 9 10 11 12 13 14 15;' "$dir/out"; echo $?)"
check "keys differ" "$([ "$(sed -n 's/^kind . of machine \(m:[0-9a-f]*\).*/\1/p' "$dir/out" | sort -u | wc -l)" = 2 ]; echo $?)"
check "each kind has a problem for one thread and one for all of its processors" "$([ "$(grep -c '^640x2560x1 t8 ' "$dir/out")" = 2 ] && [ "$(grep -c '^640x2560x1 t1 ' "$dir/out")" = 2 ]; echo $?)"
check "each kind has a wisdom file" "$(grep -q "wisdom $dir/wisdom.P$" "$dir/out" && grep -q "wisdom $dir/wisdom.E$" "$dir/out"; echo $?)"
go arm-big-little tune --dry-run --kind mid --problem 640x2560x1
check "one kind by its name" "$([ "$(grep -c '^kind ' "$dir/out")" = 1 ] && grep -q '^kind mid .* processors 4 5 6;' "$dir/out"; echo $?)"
go two-socket-server tune --dry-run --problem 640x2560x1
check "a machine of one kind is not divided" "$(! grep -q '^kind ' "$dir/out"; echo $?)"
go hybrid-laptop tune --dry-run --kind 2
check "a kind that is not there is refused" "$([ $? = 3 ] && grep -q "kind: '2': this machine has 0 (P), 1 (E)" "$dir/err"; echo $?)"
go hybrid-laptop tune --kind E --problem 64x256x1 --budget 2
check "processors of another machine are not measured" "$([ $? = 4 ] && [ "$(wc -l <"$dir/err")" = 1 ] && [ ! -e "$dir/wisdom.E" ]; echo $?)"
go hybrid-laptop wisdom show --kind E
check "wisdom looks into the file of the kind" "$(grep -q "in $dir/wisdom.E$" "$dir/out"; echo $?)"
