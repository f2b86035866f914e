#!/bin/sh
# Habits of the command line: help by name, what was meant by a mistyped word, plain terminals, where real models are.
# Prints TAP. Usage: habits.sh TERN SOURCE_ROOT
tern=$(realpath "$1") root=$(realpath "$2")
. "$(dirname "$0")/check.sh"
cd "$work" || exit 1
"$tern" tune --help >by-option
go help tune
check "tern help COMMAND is the help of the command" sh -c "[ $code = 0 ] && cmp -s out by-option"
go help tnue
check "of a mistyped command as well it says what was meant" refused 3 "'tnue' is not a command; did you mean tune\\?"
go hitsory
check "a mistyped command" refused 3 'did you mean history\?'
go qwertyuiop
check "a word that is near to nothing means nothing" sh -c "! grep -q 'did you mean' err"
go list --fitler x
check "a mistyped option" refused 3 'did you mean --filter\?'
go verify --filter
check "an option that lacks its argument is no mistyped one" sh -c "! grep -q 'did you mean' err"
go history lsit
check "a mistyped action" refused 3 'did you mean list\?'
go tune --effort quik
check "a mistyped choice" refused 3 'did you mean quick\?'
go run -m synth:2b4t -p a
check "a mistyped built-in shape" refused 3 'did you mean 2b-4t\?'
go run -m falcon3-7B -p a
check "a name that is near to a shape" refused 3 'did you mean synth:falcon3-7b\?'
go convert a b --type hfu9
check "a mistyped type" refused 3 'did you mean hfu8\?'
for name in $(sed -n 's/^| `\([a-z0-9.-]*\)` | [A-Za-z0-9]*\/.*/\1/p' "$root/docs/models.md"); do
    go run -m "$name" -p a
    repository=$(sed -n "s/^| .$name. | \([^ ]*\) | .*/\1/p" "$root/docs/models.md")
    size=$(sed -n "s/^| .$name. | .* | \([0-9.]* GB\) |$/\1/p" "$root/docs/models.md")
    check "$name: the error says what docs/models.md says" sh -c "[ $code = 3 ] && grep -qF '$repository' err && grep -qF '($size)' err"
done
check "docs/models.md lists such models" [ "$number" -gt 15 ]
go run -m none.gguf -p a
check "a path that is not there points to the page" refused 3 'No such file.*docs/models.md'
if command -v script >/dev/null; then
    in_terminal() { # in_terminal VARIABLE=VALUE...: what a terminal would be sent
        env "$@" script -qec "$tern verify --quick --filter gemm_p64_i8_r1k1__scalar --no-records" /dev/null </dev/null >seen 2>&1
    }
    in_terminal TERM=xterm
    check "on a terminal progress redraws its line" grep -q "$(printf '\033')" seen
    in_terminal TERM=dumb
    check "not on one that cannot" sh -c "! grep -q '$(printf '\033')' seen"
    in_terminal TERM=xterm NO_COLOR=1
    check "there are no colours to be switched off" sh -c "! grep -q '$(printf '\033')\[[0-9;]*m' seen"
else
    for what in redraws dumb colours; do skip "$what" "no script program"; done
fi
echo "1..$number"
