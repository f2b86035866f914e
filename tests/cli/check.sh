# Sourced by shell tests of commands, with $tern set: a scratch folder $work that is also HOME, and TAP.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_CONFIG_HOME= XDG_STATE_HOME= XDG_CACHE_HOME= XDG_DATA_HOME=
export TERN_ACCEPT_BUSY=1 # tests run beside each other
number=0 code=0

check() { # check TEXT COMMAND...
    claim=$1
    shift
    number=$((number + 1))
    if "$@"; then echo "ok $number - $claim"; else
        echo "not ok $number - $claim"
        tail -n 20 "$work/out" "$work/err" 2>/dev/null | sed 's/^/# /'
    fi
}
skip() { # skip TEXT WHY
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $(printf %s "$2" | tr '#\n' '  ')"
}
skip_all() { # skip_all WHY
    echo "1..0 # SKIP $1"
    exit 0
}
go() { # go ARGUMENTS...: tern, with its exit code in $code
    "$tern" "$@" >"$work/out" 2>"$work/err"
    code=$?
}
out() { grep -qE -e "$1" "$work/out"; }
err() { grep -qE -e "$1" "$work/err"; }
both() { "$1" "$2" && "$1" "$3"; } # both out 'this' 'that'
no() { ! "$@"; }
count() { # count N PATTERN: so many lines of the output match
    [ "$(grep -cE -e "$2" "$work/out")" = "$1" ]
}
refused() { # refused CODE PATTERN: the exit code, and one line on stderr that matches
    [ $code = "$1" ] && [ "$(wc -l <"$work/err")" = 1 ] && err "^tern: .*($2)"
}
strict() { # strict FILE: JSON as its standard has it, without NaN
    python3 -c "
import json, sys
json.load(open(sys.argv[1]), parse_constant=lambda c: sys.exit(c + ' is no JSON'))" "$1"
}
