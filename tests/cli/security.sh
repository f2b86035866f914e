#!/bin/sh
# What docs/security.md promises about commands: other users, links, texts that would be programs, deep nesting.
# Prints TAP. Usage: security.sh TERN SOURCE_ROOT
tern=$(realpath "$1") root=$(realpath "$2")
. "$(dirname "$0")/check.sh"
unset TERN_ISA TERN_KERNEL TERN_WISDOM TERN_SYSFS
model=$root/tests/data/micro-bitnet-b1.58.I2_S.gguf
cd "$work" || exit 1
other=12345 # a user that is not this one
as_root() { [ "$(id -u)" = 0 ]; }

one() { go run -m "$model" --tokens 1,2 -n 2 -q "$@"; }
one
cp out tokens
same() { [ $code = 0 ] && cmp -s out tokens; }
warned() { same && [ "$(wc -l <err)" = 1 ] && err "^tern: warning: .*$1"; }

# Folders and files that others can write.
mkdir -p .cache/tern
chmod 777 .cache/tern
one
check "a cache folder that every user can write to is ignored with one line" warned '.cache/tern: ignored: every user can write to it'
chmod 755 .cache/tern
mkdir -p .local/state/tern
chmod 757 .local/state/tern
go tune --problem 64x256 --threads 1 --budget 1 -q
check "nor is anything kept in such a state folder" sh -c "[ ! -e .local/state/tern/records.jsonl ] && [ ! -e .local/state/tern/tune.lock ]"
chmod 755 .local/state/tern
mkdir -p .config/tern
echo "no wisdom" >.config/tern/wisdom
chmod 777 .config
one
check "a folder that every user can replace is ignored" warned '.config/tern: ignored: every user can put another folder in its place'
chmod 755 .config
rm .config/tern/wisdom
if as_root; then
    chown $other .cache/tern
    one
    check "a cache folder of another user is ignored with one line" warned '.cache/tern: ignored: it belongs to another user'
    chown 0 .cache/tern
else
    skip "a cache folder of another user is ignored with one line" "only root can make one"
fi

mkdir packed
one --cache packed
pack=$(ls packed/*.pack)
check "packed weights are kept" same
one --cache packed
check "and read" sh -c "[ $code = 0 ] && [ ! -s err ]"
chmod o+w "$pack"
one --cache packed
check "a packed cache that every user can write to is not mapped" warned 'pack: ignored: every user can write to it'
chmod o-w "$pack"
if as_root; then
    chown $other "$pack"
    one --cache packed
    check "a packed cache made by somebody else is not mapped" warned 'pack: ignored: it belongs to another user'
    mv "$pack" elsewhere
    chown $other elsewhere
    ln -s "$work/elsewhere" "$pack"
    one --cache packed
    check "neither behind a link" warned 'pack: ignored: it belongs to another user'
    rm "$pack"
else
    skip "a packed cache made by somebody else is not mapped" "only root can make one"
    skip "neither behind a link" "only root can make one"
    rm "$pack"
fi
mkfifo "$pack"
(exec timeout 60 "$tern" run -m "$model" --tokens 1,2 -n 2 -q --cache packed) >out 2>err
code=$?
check "a pipe in its place hangs nothing" sh -c "[ $code = 0 ] && grep -q 'it is no file' err && grep -q 'what has its name is no file' err"
rm "$pack"
echo precious >mine
chmod 777 packed
ln -s "$work/mine" "$pack"
one --cache packed
untouched() { [ "$(cat mine)" = precious ] && err 'nothing is kept there: every user can write to it'; }
check "no link in a folder of everybody leads a writer astray" untouched
rm -r packed

umask 000
mkdir bare
HOME=$work/bare "$tern" tune --problem 64x256 --threads 1 --budget 0.5 -q >/dev/null 2>&1
HOME=$work/bare "$tern" e2e -m "$model" -p 2 -n 1 -r 1 -t 1 -q >/dev/null 2>&1
HOME=$work/bare "$tern" run -m "$model" --tokens 1 -n 1 -q --cache bare/packed >/dev/null 2>&1
"$tern" synth micro bare/new.gguf -q
umask 022
closed() { [ "$(find bare -type f | wc -l)" -ge 3 ] && [ -z "$(find bare -mindepth 1 -perm -o+w ! -type l)" ]; }
check "whatever the umask is, nothing that is made can be written by every user" closed

# Texts that would be programs.
evil='x`touch pwned`$(touch pwned);touch pwned|";system("touch pwned");set output "pwned";#'"'"'<script>y'
named=$(printf '%s' "$evil" | tr -d /)
cp "$model" "$named.gguf"
printf 'system "touch pwned"\n' >.gnuplot
go e2e -m "$named.gguf" -p 2 -n 1 -r 1 -t 1 -q --records r.jsonl
python3 - "$evil" <<'P' >>r.jsonl
import json, sys
evil = sys.argv[1]
for i in range(12):
    for variant in (evil, "b"):
        print(json.dumps({"schema": 1, "kind": "sample", "ts": "2026-01-%02dT00:00:00Z" % (i + 1), "machine": evil, "run": "r%d" % i,
            "commit": "c%d" % i, "variant": variant, "params": evil, "op": "gemv", "format": evil, "model": evil,
            "shape": {"m": 64, "k": 256, "n": 1}, "threads": 1, "regime": "wcold", "flags": [evil],
            "est": {"n": 7, "median": 100 + i // 6 * 30, "mad": 1, "min": 90, "ci95": [98, 103], "unit": "ns/call"}}))
P
go report --records r.jsonl --out page
check "a report of hostile names is made" [ $code = 0 ]
go history add r.jsonl --db h.db -q
go history annotate "$evil" --commit c6 --db h.db
go history plot --db h.db -o drawn
check "so are the figures of their history" [ $code = 0 ]
go compare r.jsonl r.jsonl -o md
go inspect "$named.gguf"
harmless() { [ -z "$(find . -name 'pwned*')" ]; }
check "no name, note or path is run by a shell, by gnuplot or by its start file" harmless
quiet_page() { [ "$(grep -o '<script' page/index.html | wc -l)" = 1 ] && ! grep -q '<script>y' page/index.html &&
    ! grep -v '^    ' page/report.md | grep -q '<script>y'; } # indented lines are code
check "nor is it an element of the page" quiet_page
BROWSER="touch %s.opened" go report --records r.jsonl --out "p;touch pwned" --open
check "the page of a browser is one argument, whatever its name" harmless
rm .gnuplot
sources() { grep -rnE '\b(system|popen|wordexp)[[:space:]]*\(|"/bin/(ba)?sh"|"sh", *"-c"' "$root/base" "$root/kernels" "$root/measure" "$root/models" \
    "$root/tuner" "$root/reports" "$root/harness" "$root/cli" --include=*.c --include=*.h --include=*.cc --include=*.inc; }
check "no source asks a shell" no sources

# Names inside of files.
mkdir st
printf '{"weight_map":{"x":"../../etc/passwd"}}' >st/model.safetensors.index.json
echo '{}' >st/config.json
go inspect st
check "a shard may not leave its folder" refused 3 'not the name of a file in this folder'

# Depth and size.
deep() { python3 -c "import sys; sys.stdout.write($1)" >"$2"; }
deep "'{\"a\":' * 200000 + '1' + '}' * 200000" st/config.json
rm st/model.safetensors.index.json
printf '\002\000\000\000\000\000\000\000{}' >st/model.safetensors
go inspect st
check "JSON of a model may nest only so deep" refused 3 'config.json'
deep "'[' * 1000000" deep.json
go history import deep.json --db h.db
check "nor that of an import" refused 3 'deep.json'
deep "'(' * 100000" deep.formula
printf '{"name":"a","about":"b","events":{"x":{"perf":"cycles"}},"metrics":[{"name":"m","unit":"1","formula":"%s"}]}' "$(head -c 150 deep.formula)" >g.json
go bench --counters g.json --problem 64x256x1
check "nor formulas" refused 3 'nest|deep|formula'
go tokenize -m "$model" -p "$(deep "'<|' * 30000" t && cat t)" --special
check "a text of control tokens is only a text" [ $code = 0 ]
echo "1..$number"
