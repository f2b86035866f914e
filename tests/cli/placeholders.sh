#!/bin/sh
# A pointer of Git LFS, git-annex or Xet, the text of a link, or a web page, in the place of each file that a model or an
# import consists of: it is named as what it is. Prints TAP. Usage: placeholders.sh TERN
tern=$(realpath "$1")
. "$(dirname "$0")/check.sh"
cd "$work" || exit 1
lfs='version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 734080'

echo "$lfs" >m.gguf
for command in "run -m m.gguf --tokens 1 -q" "inspect m.gguf" "convert m.gguf out.gguf -q" "embed -m m.gguf -p a -q" \
    "tokenize -m m.gguf -p a" "e2e -m m.gguf -q"; do
    # shellcheck disable=SC2086
    go $command
    check "${command%% *} of a pointer" refused 3 'm.gguf: a pointer of Git LFS to a file of 734080 bytes.*git lfs pull'
done
printf '# xet version 0\nfilesize = 12\n' >m.gguf
go inspect m.gguf
check "a pointer of Xet" refused 3 'm.gguf: a pointer of Xet to a file of 12 bytes'
echo '/annex/objects/SHA256E-s12--ab.gguf' >m.gguf
go inspect m.gguf
check "a pointer of git-annex" refused 3 'm.gguf: a pointer of git-annex to SHA256E-s12--ab.gguf'
printf '../../blobs/0a1b' >m.gguf
go inspect m.gguf
check "the text of a link" refused 3 'm.gguf: the text of a symbolic link to ../../blobs/0a1b'
echo '<!doctype html><html>' >m.gguf
go inspect m.gguf
check "a web page" refused 3 'm.gguf: a web page'

"$tern" synth micro good.gguf -q >out && "$tern" convert good.gguf good --type hfu8 -q >out
for file in model.safetensors model.safetensors.index.json config.json generation_config.json tokenizer.json \
    tokenizer_config.json chat_template.jinja chat_template.json 1_Pooling/config.json; do
    rm -rf bad
    cp -r good bad
    mkdir -p bad/1_Pooling
    [ -e bad/tokenizer.json ] || echo '{"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}' >bad/tokenizer.json
    echo "$lfs" >"bad/$file"
    go inspect bad
    check "$file of a checkpoint" refused 3 "bad/$file: a pointer of Git LFS"
done

echo "$lfs" >bench.json
go history import --db h.db bench.json
built() { ! err 'built without SQLite'; }
built && check "a result of another program" refused 3 'bench.json: a pointer of Git LFS'
echo "1..$number"
