#!/bin/sh
# Tuning by kind of core, on topologies of other machines. Prints TAP. Usage: kinds.sh TERN SOURCE_ROOT
tern=$1 data=$2/tests/data/topology
. "$(dirname "$0")/check.sh"
export TERN_WISDOM="$work/wisdom"
on() { # on MACHINE ARGUMENTS...
    export HWLOC_XMLFILE="$data/$1.xml"
    shift
    go "$@"
}
on hybrid-laptop doctor
out XML || skip_all "built without hwloc"
echo 1..9
on hybrid-laptop tune --dry-run --problem 640x2560x1
check "every kind is listed with its processors" both out '^kind P .* processors 0 2 4 6 1 3 5 7;' '^kind E .* processors 8 9 10 11 12 13 14 15;'
check "keys differ" [ "$(sed -n 's/^kind . of machine \(m:[0-9a-f]*\).*/\1/p' "$work/out" | sort -u | wc -l)" = 2 ]
own_counts() { count 2 '^640x2560x1 t8 ' && count 2 '^640x2560x1 t1 '; }
check "each kind has a problem for one thread and one for all of its processors" own_counts
check "each kind has a wisdom file" both out "wisdom $work/wisdom.P$" "wisdom $work/wisdom.E$"
on arm-big-little tune --dry-run --kind mid --problem 640x2560x1
one_kind() { count 1 '^kind ' && out '^kind mid .* processors 4 5 6;'; }
check "one kind by its name" one_kind
on two-socket-server tune --dry-run --problem 640x2560x1
check "a machine of one kind is not divided" count 0 '^kind '
on hybrid-laptop tune --dry-run --kind 2
check "a kind that is not there is refused" refused 3 "kind: '2': this machine has 0 \(P\), 1 \(E\)"
on hybrid-laptop tune --kind E --problem 64x256x1 --budget 2
not_measured() { refused 4 '' && [ ! -e "$work/wisdom.E" ]; }
check "processors of another machine are not measured" not_measured
on hybrid-laptop wisdom show --kind E
check "wisdom looks into the file of the kind" out "in $work/wisdom.E$"
