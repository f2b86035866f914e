#!/usr/bin/env python3
"""Files that call each other in a circle, by the symbols of their objects. Usage: circles.py SOURCE_ROOT BUILD_ROOT

A circle is allowed inside one folder when tests/rooms.txt names it (`circle FILE FILE ...`) with the reason in the
comment above. A circle through two folders never is."""
import collections
import json
import pathlib
import subprocess
import sys

root, build = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
source_of = {}
for command in json.loads((build / "compile_commands.json").read_text()):
    path = (build / command["file"]).resolve()
    if path.is_relative_to(root) and (build / command["output"]).exists():
        source_of[command["output"]] = str(path.relative_to(root))
objects = [o for o, source in source_of.items() if not source.startswith("tests/")]
defined, wanted = {}, collections.defaultdict(set)
listing = subprocess.run(["nm", "-P", "-g", "-A", *objects], cwd=build, capture_output=True, text=True, check=True).stdout
for line in listing.splitlines():
    where, name, kind = line.split()[:3]
    source = source_of[where.rstrip(":")]
    if kind == "U":
        wanted[source].add(name)
    else:
        defined.setdefault(name, source)
calls = {s: {defined[n] for n in names if defined.get(n, s) != s} for s, names in wanted.items()}
if sum(map(len, calls.values())) < 300:
    sys.exit("hardly a call was found: the check itself is broken")


def reach(start):
    seen, todo = set(), [start]
    while todo:
        for other in calls.get(todo.pop(), ()):
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return seen


reached = {s: reach(s) for s in calls}
circles = {frozenset(o for o in reached[s] if s in reached.get(o, ())) for s in calls if s in reached[s]}
allowed = {frozenset(line.split()[1:]) for line in (root / "tests/rooms.txt").read_text().splitlines()
           if line.startswith("circle ")}
problems = [f"a circle of calls: {' '.join(sorted(c))}" for c in circles
            if c not in allowed or len({str(pathlib.Path(f).parent) for f in c}) > 1]
problems += [f"tests/rooms.txt allows a circle that is not there: {' '.join(sorted(c))}" for c in allowed - circles]
print("\n".join(problems) if problems else f"{len(calls)} files call each other without a circle but {len(allowed)} known")
sys.exit(bool(problems))
