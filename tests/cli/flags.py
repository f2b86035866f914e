#!/usr/bin/env python3
"""The help of each command against the table that getopt gets, and the form of the help itself. Prints TAP.

usage: flags.py TERN FLAGS.so

FLAGS.so (flags.c) stands before the C library's getopt_long and prints the table that the command hands it.
"""
import os
import re
import subprocess
import sys

tern, spy = sys.argv[1:3]
# Every option's line: an optional letter, the name, perhaps an argument, then its text here or on the next line.
LINE = re.compile(r"^  (?:(-\w),|   ) (--[a-z0-9][\w-]*)(?:(\[=[^\]\n]+\])| (\S+))?(?:  +\S|\n {8,}\S)", re.M)


def run(*words, **more):
    return subprocess.run([tern, *words], capture_output=True, text=True, timeout=60, env={**os.environ, **more})


top = run("--help").stdout
commands = re.findall(r"^  (\w+)  +\S", top, re.M)
handed = {c: re.findall(r"^(--?\w[\w-]*) (\d)$", run(c, LD_PRELOAD=spy).stdout, re.M) for c in commands}
if not any(handed.values()):
    print("1..0 # SKIP the table of options cannot be read (a sanitizer, or a static program)")
    sys.exit()
print(f"1..{6 * len(commands) + 1}")
number = 0


def check(good, claim, why):
    global number
    number += 1
    print(f"{'ok' if good else 'not ok'} {number} - {claim}" + ("" if good else f"\n# {why}"), flush=True)


check(len(commands) >= 20, "tern --help lists the commands", f"{commands}")
for c in commands:
    text = run(c, "--help").stdout
    prose = re.sub(r"(?m)^example:.*(\n .*)*", "", text).replace("lstopo --of", "lstopo")
    said = set(re.findall(r"(?<![\w-])--?[A-Za-z][\w-]*", prose))
    said = {s for s in said if not s.startswith("--benchmark_") and (s.startswith("--") or len(s) == 2)}
    known, names = dict(handed[c]), [name for name, _ in handed[c]]
    lines = {name: (letter, 2 if maybe else 1 if needed else 0) for letter, name, maybe, needed in LINE.findall(text)}
    takes = {name: int(has) for name, has in known.items() if name.startswith("--")}
    letters = {name for name in names if not name.startswith("--")}
    check({n: has for n, (_, has) in lines.items()} == takes and {a for a, _ in lines.values() if a} == letters,
          f"{c}: every option has its line in the help, with its letter and its argument", f"{lines} {known}")
    check(not (said - set(known)), f"{c}: the help names no option that is not accepted", f"not accepted: {sorted(said - set(known))}")
    check(len(names) == len(known), f"{c}: no name stands for two options", f"{sorted(names)}")
    wide = [line for line in text.splitlines() if len(line) > 80 and not re.match(r"example:|         tern ", line)]
    check(not wide, f"{c}: the help fits into 80 columns", f"{wide}")
    check(text.startswith(f"usage: tern {c} "), f"{c}: the help starts with the usage", text[:80])
    example = re.search(r"^example: (.*(?:\n +tern.*)*)", text, re.M)
    check(bool(example) and f"tern {c} " in example[1] + " ", f"{c}: the help has an example", text[-200:])
