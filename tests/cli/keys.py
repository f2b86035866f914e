#!/usr/bin/env python3
"""The table of keys of model files, walked through the program.

A model with a value that is not built in is refused with exit code 4, and key and value are named. Neutral keys and
neutral values change nothing. An obeyed key with a value of an impossible type is refused with exit code 3 and its name.
Prints TAP.

usage: keys.py TERN SOURCE_ROOT
"""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

tern, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
work = pathlib.Path(tempfile.mkdtemp())
environment = {k: v for k, v in os.environ.items() if not k.startswith(("TERN_", "XDG_"))} | {"HOME": str(work)}
tests = []


def check(claim, failed):
    """`failed`: a line for each counterexample."""
    tests.append(not failed)
    print(("not ok" if failed else "ok") + f" {len(tests)} - {claim}", flush=True)
    for line in failed[:20]:
        print("# " + line)


def run(*words):
    return subprocess.run([tern, *words], capture_output=True, text=True, env=environment)


# GGUF, as little of it as is needed: keys are put behind the others, and the data move to the next alignment.
UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}


def text(s):
    return struct.pack("<Q", len(s.encode())) + s.encode()


def value(v):
    if isinstance(v, bool):
        return struct.pack("<IB", BOOL, v)
    if isinstance(v, (int, float)):
        return struct.pack("<If", FLOAT32, v)
    return struct.pack("<I", STRING) + text(v)


class Gguf:
    def __init__(self, path):
        self.data = path.read_bytes()
        self.tensors, count = struct.unpack_from("<QQ", self.data, 8)
        self.at, self.keys = 24, {}
        for _ in range(count):
            start = self.at
            name = self.text()
            self.skip(self.u32())
            self.keys[name] = self.data[start:self.at]
        start = self.at
        for _ in range(self.tensors):
            self.text()
            dimensions = self.u32()
            self.at += 8 * dimensions + 12
        self.infos, self.rest = self.data[start:self.at], self.data[(self.at + 31) // 32 * 32:]

    def u32(self):
        self.at += 4
        return struct.unpack_from("<I", self.data, self.at - 4)[0]

    def text(self):
        n = struct.unpack_from("<Q", self.data, self.at)[0]
        self.at += 8 + n
        return self.data[self.at - n:self.at].decode()

    def skip(self, kind):
        if kind == STRING:
            self.text()
        elif kind == ARRAY:
            item, n = struct.unpack_from("<IQ", self.data, self.at)
            self.at += 12
            if item == STRING:
                for _ in range(n):
                    self.text()
            else:
                self.at += n * SIZES[item]
        else:
            self.at += SIZES[kind]

    def write(self, path, changes):
        keys = self.keys | {name: text(name) + value(v) for name, v in changes.items()}
        head = self.data[:8] + struct.pack("<QQ", self.tensors, len(keys)) + b"".join(keys.values()) + self.infos
        path.write_bytes(head + bytes(-len(head) % 32) + self.rest)


base, changed = Gguf(root / "models/tiny/tern-tiny.gguf"), work / "changed.gguf"
good, folder = work / "good", work / "folder"
made = run("convert", root / "models/tiny/tern-tiny.gguf", good, "--type", "hfu8", "-q")
assert made.returncode == 0, made.stderr
documents = {f: json.loads((good / f).read_text()) if (good / f).exists() else {}
             for f in ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")}


def place(document, name, v):
    """Sets "a.b" or "a[].b"."""
    head, dot, rest = name.partition(".")
    if not dot:
        document[head] = v
    elif head.endswith("[]"):
        place(document[head[:-2]][0], rest, v)
    else:
        if not isinstance(document.get(head), dict):
            document[head] = {"type": "default"} if head.startswith("rope_") else {"quant_method": "bitnet"}
        place(document[head], rest, v)


def model_with(file, changes):
    """The path of the model with these keys changed."""
    if file == "GGUF":
        base.write(changed, {name.replace("ARCH", "bitnet-b1.58").replace(".*", ".x"): v for name, v in changes.items()})
        return changed
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for f in good.iterdir():
        (folder / f.name).symlink_to(f)
    document = json.loads(json.dumps(documents[file]))
    for name, v in changes.items():
        place(document, name, v)
    (folder / file).unlink(missing_ok=True)
    (folder / file).write_text(json.dumps(document))
    return folder


def typed(word, file):
    """A value of the table as that of a file."""
    try:
        v = json.loads(word)
    except ValueError:
        return word
    return v if file != "GGUF" or not isinstance(v, (dict, list)) else word


def other(values):
    """A value that is none of these, of their kind."""
    if "false" in values:
        return True
    if "true" in values:
        return False
    return 7 if any(v.lstrip("-").isdigit() for v in values) else "other"


def fails(done, code, *words):
    lines = done.stderr.strip().splitlines()
    if done.returncode == code and len(lines) == 1 and all(w in lines[0] for w in words):
        return []
    return [f"exit {done.returncode}, not {code} with {words}: {done.stderr.strip()[:300]}"]


def spelled(v):
    return json.dumps(v) if isinstance(v, bool) else str(v)


rows = json.loads(run("list", "--keys", "-o", "json").stdout)
generate = ["-p", "Once", "-n", "3", "-q", "--print-ids", "--no-race", "-t", "1"]
expected = run("run", "-m", root / "models/tiny/tern-tiny.gguf", *generate)
assert expected.returncode == 0 and len(expected.stdout.split()) == 3, expected.stderr
files = ["GGUF", *documents]
for file in files:
    own = [r for r in rows if r["file"] == file]
    only = [r for r in own if r["use"] == "only"]
    wrong = []
    for r in only:
        v, name = other(r["values"]), r["key"].replace("ARCH", "bitnet-b1.58").replace(".*", ".x")
        wrong += fails(run("run", "-m", model_with(file, {r["key"]: v}), *generate), 4, name, spelled(v))
    check(f"{file}: each of {len(only)} keys with another value is refused by name and value", wrong)
    wrong = []
    for r in only:
        for word in r["values"]:
            shown = json.loads(run("inspect", "--json", model_with(file, {r["key"]: typed(word, file)})).stdout or "{}")
            if not shown.get("runs"):
                wrong.append(f"{r['key']} = {word}: {shown.get('reason')}")
    check(f"{file}: each of their neutral values passes", wrong)
    neutral = {r["key"]: 7 if file == "GGUF" else "other" for r in own if r["use"] == "neutral"}
    done = run("run", "-m", model_with(file, neutral), *generate)
    check(f"{file}: {len(neutral)} neutral keys at once change nothing",
          [] if (done.returncode, done.stdout) == (0, expected.stdout) else [f"exit {done.returncode}: {done.stderr}{done.stdout}"])
    wrong = []
    for r in own:
        if r["use"] != "obeyed" or r["key"].startswith(("tern.", "split.")):
            continue
        v = True if not {"flag"} & set(r["types"]) else 7
        name = r["key"].replace("ARCH", "bitnet-b1.58")
        wrong += fails(run("run", "-m", model_with(file, {r["key"]: v}), *generate), 3, name.split(".")[-1].removesuffix("[]"))
    check(f"{file}: an obeyed key with a value of another type is told by name", wrong)

lines = (root / "docs/keys.md").read_text().splitlines()
table = run("list", "--keys", "-o", "md").stdout.strip().splitlines()
check("docs/keys.md is what tern list --keys -o md prints", [] if lines[-len(table):] == table else
      [f"not in it: {t}" for t in table if t not in lines] or ["the order differs"])
shutil.rmtree(work)
print(f"1..{len(tests)}")
sys.exit(0 if all(tests) else 1)
