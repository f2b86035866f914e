#!/bin/sh
# tern report --open: with an opener that notes what it was given, and without any. Prints TAP.
# Usage: open.sh TERN SOURCE_ROOT
tern=$1 records=$2/tests/data/rivals-2026-11-22.jsonl
. "$(dirname "$0")/check.sh"
work=$(realpath "$work")
unset BROWSER DISPLAY WAYLAND_DISPLAY
page="$work/a folder/index.html"
# opener NAME EXIT_CODE: a program that writes its arguments to `noted`, one a line
opener() {
    mkdir -p "$work/bin"
    printf '#!/bin/sh\nprintf "%%s\\n" "%s" "$@" >"%s/noted"\nexit %s\n' "$1" "$work" "$2" >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}
go() { # go CODE VARIABLE=VALUE...: the exit code of a report is CODE; only our own programs are in PATH
    want=$1
    shift
    rm -rf "$work/a folder" "$work/noted"
    (cd "$work" && env PATH="$work/bin" "$@" "$tern" report --records "$records" --out "a folder" --svg-only -q --open) >"$work/out" 2>"$work/err"
    [ $? = "$want" ]
}
noted() { [ "$(cat "$work/noted" 2>/dev/null)" = "$1" ]; }
line() { [ "$(wc -l <"$work/err")" = 1 ] && grep -q "$1" "$work/err"; }
case $tern in /*) ;; *) tern=$PWD/$tern ;; esac
echo 1..18
mkdir "$work/bin"
check "without a display and a browser the machine lacks something" go 4
check "which is one clear line" line '^tern: open: no display here.*BROWSER'
check "and the page is written all the same" [ -s "$page" ]
check "a display without an opener is not enough" go 4 DISPLAY=:7
check "which is one clear line, with what to install" line '^tern: open: xdg-open is not installed: apt-get install xdg-utils'
check "and the page is written all the same" [ -s "$page" ]
check "a browser that is not there is told" go 4 BROWSER=missing:/nowhere/too
check "by its name" line '^tern: open: $BROWSER: missing:/nowhere/too: no such program'
opener xdg-open 0
opener browse 0
opener broken 3
check "with an opener and a display all is well" go 0 DISPLAY=:7
check "it gets the page's path, in one piece" noted "xdg-open
$page"
check "also under Wayland" go 0 WAYLAND_DISPLAY=wayland-1
check "\$BROWSER is asked first, and needs no display" go 0 DISPLAY= "BROWSER=missing:browse --new-window:xdg-open"
check "with its own words, the page last" noted "browse
--new-window
$page"
check "or the page where %s stands, and no shell in between" go 0 'BROWSER=browse %s ;$(touch hit)'
check "so that signs of a shell are words" noted "browse
$page
;\$(touch
hit)"
check "an opener that fails is told" go 4 BROWSER=broken
check "with its exit code" line '^tern: open: .*/broken: failed with exit code 3'
check "without --open nothing is opened" sh -c 'rm -f "$1/noted"; BROWSER="$1/bin/browse" "$2" report --records "$3" --out "$1/a folder" --svg-only -q >"$1/out" 2>"$1/err" && [ ! -e "$1/noted" ]' sh "$work" "$tern" "$records"
