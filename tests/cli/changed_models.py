"""Models that differ from the one that comes with tern in a few keys, for tests of the program. Prints TAP."""
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


def run(*words, typed=None):
    return subprocess.run([tern, *words], input=typed, capture_output=True, text=True, env=environment)


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

    def write(self, path, changes, raw={}):
        """`changes`: values; `raw`: types and values as bytes."""
        keys = self.keys | {name: text(name) + value(v) for name, v in changes.items()}
        keys |= {name: text(name) + v for name, v in raw.items()}
        self.assemble(path, keys, self.infos, self.tensors, self.rest)

    def assemble(self, path, keys, infos, tensors, data):
        head = self.data[:8] + struct.pack("<QQ", tensors, len(keys)) + b"".join(keys.values()) + infos
        path.write_bytes(head + bytes(-len(head) % 32) + data)

    def split(self, paths):
        """As many parts: the first has the keys, and each some of the tensors."""
        infos, at = [], 0
        while at < len(self.infos):
            n = struct.unpack_from("<Q", self.infos, at)[0]
            end = at + 8 + n + 4 + 8 * struct.unpack_from("<I", self.infos, at + 8 + n)[0] + 4
            infos.append((self.infos[at:end], struct.unpack_from("<Q", self.infos, end)[0]))
            at = end + 8
        order = sorted(o for _, o in infos) + [len(self.rest)]
        for number, path in enumerate(paths):
            own, data = b"", b""
            mine = infos[number * len(infos) // len(paths):(number + 1) * len(infos) // len(paths)]
            for info, offset in mine:
                own += info + struct.pack("<Q", len(data))
                data += self.rest[offset:order[order.index(offset) + 1]]
                data += bytes(-len(data) % 32)
            says = {"split.no": number, "split.count": len(paths), "split.tensors.count": len(infos)}
            keys = {k: text(k) + struct.pack("<II", UINT32, v) for k, v in says.items()} | (self.keys if not number else {})
            self.assemble(path, keys, own, len(mine), data)


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


def greedy(model, *more, prompt="Once", count=3):
    """The ids that follow the prompt."""
    return run("run", "-m", model, "-p", prompt, "-n", str(count), "-q", "--print-ids", "--no-race", "-t", "1", *more)


def fails(done, code, *words):
    """[] when the exit code is this and one line on stderr has these words, else why not."""
    lines = done.stderr.strip().splitlines()
    if done.returncode == code and len(lines) == 1 and all(w in lines[0] for w in words):
        return []
    return [f"exit {done.returncode}, not {code} with {words}: {done.stderr.strip()[:300]}"]


def finish():
    shutil.rmtree(work)
    print(f"1..{len(tests)}")
    sys.exit(0 if all(tests) else 1)
