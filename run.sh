#!/bin/sh
# Installs what is missing, builds, and does the main job on this machine: machine card, verify, tune the BitNet b1.58
# 2B-4T shapes, leaderboard, generate with and without what was learnt, report.
#
#   ./run.sh              the main job, under five minutes
#   ./run.sh COMMAND ...  the same as `tern COMMAND ...` after installing and building
#
# TERN_BUILD names the build folder (default build), TERN_BUDGET the tuning time in seconds (default 60), TERN_OUT the
# report's folder (default report).
set -eu
root=$(cd "$(dirname "$0")" && pwd)
. "$root/setup.sh"

# shellcheck disable=SC2086
install_missing $build_packages $library_packages
configure_and_build "${TERN_BUILD:-$root/build}"
[ $# -gt 0 ] && exec "$tern" "$@"

out=${TERN_OUT:-$root/report}
mkdir -p "$out"
records=$out/records.jsonl
wisdom=$out/wisdom
threads=$(nproc)
list=1
[ "$threads" -gt 1 ] && list=1,$threads
status=0

# A busy machine leaves something unmeasured or unclear (2); the rest of the job is done all the same.
unfinished() { # unfinished CODE
    [ "$1" = 2 ] || exit "$1"
    [ "$status" = 0 ] && status=2
    echo "not all of it could be measured: a longer TERN_BUDGET (seconds), or a quieter machine, does more"
}
title() { printf '\n== %s\n' "$1"; }

title "machine"
"$tern" doctor
title "verify: every kernel against the scalar reference"
"$tern" verify --quick || status=1
title "tune: the linear layers of BitNet b1.58 2B-4T, decode and prefill, $list threads"
"$tern" tune --model 2b-4t --threads "$list" --batch 1,128 --budget "${TERN_BUDGET:-60}" \
    --wisdom "$wisdom" --records "$records" || unfinished $?
title "generate: a story, told by the small trained model that comes with tern"
"$tern" run -p "Once upon a time" -n 230 --temp 0.5 --top-p 0.8 --seed 1 --wisdom "$wisdom"
title "end to end: 2B-4T shapes, without and with wisdom"
free_kb=$(awk '/MemAvailable/ {print $2}' /proc/meminfo)
if [ "$free_kb" -gt 4000000 ]; then
    "$tern" e2e -m synth:2b-4t -p 128 -n 16 -t "$threads" -r 3 --no-wisdom --records "$records" || unfinished $?
    "$tern" e2e -m synth:2b-4t -p 128 -n 16 -t "$threads" -r 3 --wisdom "$wisdom" --records "$records" || unfinished $?
else
    echo "not measured: needs 4 GB of free memory, $((free_kb / 1000)) MB are free"
fi
title "report"
"$tern" report --records "$records" --out "$out"
exit $status
