#!/usr/bin/env python3
"""The table of keys of model files, walked through the program.

A model with a value that is not built in is refused with exit code 4, and key and value are named. Neutral keys and
neutral values change nothing. An obeyed key with a value of an impossible type is refused with exit code 3 and its name.

usage: keys.py TERN SOURCE_ROOT
"""
import json

from changed_models import check, documents, fails, finish, greedy, model_with, root, run


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


def spelled(v):
    return json.dumps(v) if isinstance(v, bool) else str(v)


rows = json.loads(run("list", "--keys", "-o", "json").stdout)
expected = greedy(root / "models/tiny/tern-tiny.gguf")
assert expected.returncode == 0 and len(expected.stdout.split()) == 3, expected.stderr
files = ["GGUF", *documents]
for file in files:
    own = [r for r in rows if r["file"] == file]
    only = [r for r in own if r["use"] == "only"]
    wrong = []
    for r in only:
        v, name = other(r["values"]), r["key"].replace("ARCH", "bitnet-b1.58").replace(".*", ".x")
        wrong += fails(greedy(model_with(file, {r["key"]: v})), 4, name, spelled(v))
    check(f"{file}: each of {len(only)} keys with another value is refused by name and value", wrong)
    wrong = []
    for r in only:
        for word in r["values"]:
            shown = json.loads(run("inspect", "--json", model_with(file, {r["key"]: typed(word, file)})).stdout or "{}")
            if not shown.get("runs"):
                wrong.append(f"{r['key']} = {word}: {shown.get('reason')}")
    check(f"{file}: each of their neutral values passes", wrong)
    neutral = {r["key"]: 7 if file == "GGUF" else "other" for r in own if r["use"] == "neutral"}
    done = greedy(model_with(file, neutral))
    check(f"{file}: {len(neutral)} neutral keys at once change nothing",
          [] if (done.returncode, done.stdout) == (0, expected.stdout) else [f"exit {done.returncode}: {done.stderr}{done.stdout}"])
    wrong = []
    for r in own:
        if r["use"] != "obeyed" or r["key"].startswith(("tern.", "split.")):
            continue
        v = True if not {"flag"} & set(r["types"]) else 7
        name = r["key"].replace("ARCH", "bitnet-b1.58")
        wrong += fails(greedy(model_with(file, {r["key"]: v})), 3, name.split(".")[-1].removesuffix("[]"))
    check(f"{file}: an obeyed key with a value of another type is told by name", wrong)

lines = (root / "docs/keys.md").read_text().splitlines()
table = run("list", "--keys", "-o", "md").stdout.strip().splitlines()
check("docs/keys.md is what tern list --keys -o md prints", [] if lines[-len(table):] == table else
      [f"not in it: {t}" for t in table if t not in lines] or ["the order differs"])
finish()
