#!/bin/sh
# Installs what is missing, builds, and does the main job on this machine: verify, tune the BitNet b1.58 2B-4T shapes,
# generate, time the whole model without and with what was learnt, report, and a summary at the end. It leaves the machine tuned: what it
# learnt is the user's wisdom, what it measured is in the user's records.
#
#   ./run.sh              the main job, under five minutes
#   ./run.sh COMMAND ...  the same as `tern COMMAND ...` after installing and building
#
# TERN_BUILD names the build folder (default build), TERN_BUDGET the tuning time in seconds (default 60), TERN_OUT the folder of the
# report and of what the commands printed (default report).
set -eu
root=$(cd "$(dirname "$0")" && pwd)
. "$root/setup.sh"

# shellcheck disable=SC2086
install_missing $build_packages $library_packages
configure_and_build "${TERN_BUILD:-$root/build}"
[ $# -gt 0 ] && exec "$tern" "$@"

out=${TERN_OUT:-$root/report}
mkdir -p "$out"
threads=$(nproc)
list=1
[ "$threads" -gt 1 ] && list=1,$threads
status=0

# A busy machine leaves something unmeasured or unclear (2). That is said, and the job is done all the same.
unfinished() { # unfinished CODE
    [ "$1" = 2 ] || exit "$1"
    echo "not all of it could be measured cleanly: a longer TERN_BUDGET (seconds), or a quieter machine, does more"
}
title() { printf '\n== %s\n' "$1"; }
# keep NAME COMMAND...: the whole output goes to a file of the report's folder.
keep() {
    kept=$out/$1.txt
    shift
    "$@" >"$kept"
}

title "machine: what disturbs measuring here (all of it: $out/doctor.txt)"
keep doctor "$tern" doctor
grep -A 1 ' noisy ' "$out/doctor.txt" | grep -v '^--' || echo "nothing that is known"
title "verify: every kernel against the scalar reference (each verdict: $out/verify.txt)"
keep verify "$tern" verify --quick || status=1
grep -E 'WRONG|CRASHED|TIMED OUT' "$out/verify.txt" || true
tail -n 1 "$out/verify.txt"
title "tune: the linear layers of BitNet b1.58 2B-4T, decode and prefill, $list threads, ${TERN_BUDGET:-60} s"
keep summary "$tern" tune --model 2b-4t --threads "$list" --batch 1,128 --budget "${TERN_BUDGET:-60}" || unfinished $?
title "generate: a story, told by the small trained model that comes with tern"
"$tern" run -p "Once upon a time" -n 230 --temp 0.5 --top-p 0.8 --seed 1
title "end to end: 2B-4T shapes, without and with wisdom (all of it: $out/e2e-*.txt)"
free_kb=$(awk '/MemAvailable/ {print $2}' /proc/meminfo)
if [ "$free_kb" -gt 4000000 ]; then
    whole="-m synth:2b-4t -p 128 -n 16 -t $threads"
    # shellcheck disable=SC2086
    keep e2e-untuned "$tern" e2e $whole --no-wisdom || unfinished $?
    # shellcheck disable=SC2086
    keep e2e-tuned "$tern" e2e $whole || unfinished $?
    cat "$out/e2e-untuned.txt" "$out/e2e-tuned.txt" | grep -E '^\| *(model|synth)' | awk '!seen[$0]++'
else
    echo "not measured: needs 4 GB of free memory, $((free_kb / 1000)) MB are free"
fi
title "report"
"$tern" report --out "$out" -q
title "summary"
cat "$out/summary.txt"
exit $status
