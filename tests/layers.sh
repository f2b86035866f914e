#!/bin/sh
# A room includes only rooms on lower floors (docs/design.md). Usage: layers.sh SOURCE_ROOT
set -eu
cd "$1"
floor() {
    case $1 in
    base) echo 0 ;;
    kernels | measure) echo 1 ;;
    models) echo 2 ;;
    tuner | reports) echo 3 ;;
    harness) echo 4 ;;
    cli) echo 5 ;;
    *) echo 9 ;;
    esac
}
bad=0 seen=0
for room in base kernels measure models tuner reports harness; do
    here=$(floor "$room")
    for line in $(grep -rhoE --include='*.[ch]' --include='*.cc' --include='*.def' \
        '^#include "(base|kernels|measure|models|tuner|reports|harness|cli)/' "$room" | cut -d'"' -f2 | sort -u); do
        other=${line%%/*}
        seen=$((seen + 1))
        [ "$other" = "$room" ] && continue
        if [ "$(floor "$other")" -ge "$here" ]; then
            echo "$room/ (floor $here) includes $line (floor $(floor "$other")):"
            grep -rl "#include \"$line" "$room"
            bad=1
        fi
    done
done
[ "$seen" -gt 0 ] || { echo "no include was found: the check itself is broken"; exit 1; }
exit $bad
