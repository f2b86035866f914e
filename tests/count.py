#!/usr/bin/env python3
"""Adds up what a Meson test log holds: TAP subtests one by one, other tests as one each.

usage: count.py LOG            prints "passed failed skipped"
       count.py --suites LOG   a line for each suite, with its tests and the sum of their seconds

A log that is missing or empty counts as one failure.
"""
import json
import re
import sys


def count(test):
    """[passed, failed, skipped] of one test."""
    tap = re.findall(r"^(not )?ok\b([^\n]*)", test.get("stdout") or "", re.M)
    bad = int(test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL"))
    if not tap:
        skip = int(test["result"] == "SKIP")
        return [1 - bad - skip, bad, skip]
    skips = sum("# SKIP" in rest.upper() for no, rest in tap if not no)
    nots = sum(bool(no) for no, _ in tap)
    return [len(tap) - skips - nots, nots or bad, skips]


def read(path):
    try:
        with open(path, encoding="utf-8") as log:
            return [json.loads(line) for line in log]
    except OSError as error:
        print(f"count: {error}", file=sys.stderr)
        return []


tests = read(sys.argv[-1])
if "--suites" in sys.argv:
    suites = {}
    for test in tests:
        suite = suites.setdefault(test["name"].split(" / ")[0].split(":")[-1], [0, 0, 0, 0, 0.0])
        for i, more in enumerate([1] + count(test) + [test["duration"]]):
            suite[i] += more
    for name, (of, passed, failed, skipped, seconds) in sorted(suites.items()):
        print(f"{name:8} {of:4} tests {passed:6} passed {failed:4} failed {skipped:4} skipped {seconds:8.0f} s")
else:
    print(*([sum(column) for column in zip(*map(count, tests))] if tests else [0, 1, 0]))
