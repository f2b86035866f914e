#!/usr/bin/env python3
"""Compares the options in each command's help with those that getopt accepts, and looks for an example. Prints TAP.

usage: flags.py TERN FLAGS.so

FLAGS.so (flags.c) stands before the C library's getopt_long and prints the table that the command hands it.
"""
import os
import re
import subprocess
import sys

tern, spy = sys.argv[1:3]
# Accepted and not in the help, on purpose.
SILENT = {"--help", "-h"}


def run(*words, **more):
    return subprocess.run([tern, *words], capture_output=True, text=True, timeout=60, env={**os.environ, **more})


top = run("--help").stdout
commands = re.findall(r"^  (\w+)  +\S", top, re.M)
accepted = {c: {line.split()[0]: int(line.split()[1]) for line in run(c, LD_PRELOAD=spy).stdout.splitlines() if re.match(r"--?\w[\w-]* \d$", line)}
            for c in commands}
if not any(accepted.values()):
    print("1..0 # SKIP the table of options cannot be read (a sanitizer, or a static program)")
    sys.exit()
print(f"1..{3 * len(commands) + 1}")
number = 0


def check(good, claim, why):
    global number
    number += 1
    print(f"{'ok' if good else 'not ok'} {number} - {claim}" + ("" if good else f"\n# {why}"), flush=True)


check(len(commands) >= 20, "tern --help lists the commands", f"{commands}")
for c in commands:
    text = run(c, "--help").stdout
    own = text.replace("lstopo --of", "lstopo")
    said = set(re.findall(r"(?<![\w-])--?[A-Za-z][\w-]*", re.sub(r"(?m)^example:.*(\n .*)*", "", own)))
    said = {s for s in said if not s.startswith("--benchmark_") and (s.startswith("--") or len(s) == 2)}
    known = set(accepted[c])
    check(not (known - said - SILENT), f"{c}: every option is in the help", f"missing: {sorted(known - said - SILENT)}")
    check(not (said - known), f"{c}: the help names no option that is not accepted", f"not accepted: {sorted(said - known)}")
    example = re.search(r"^example: (.*(?:\n +tern.*)*)", text, re.M)
    check(bool(example) and f"tern {c} " in example[1] + " ", f"{c}: the help has an example", text[-200:])
