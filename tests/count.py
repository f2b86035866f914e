#!/usr/bin/env python3
"""Adds up what a Meson test log holds: TAP subtests one by one, other tests as one each.

Prints "passed failed skipped"; a log that is missing or empty counts as one failure.
"""
import json
import re
import sys

passed = failed = skipped = tests = 0
try:
    with open(sys.argv[1], encoding="utf-8") as log:
        for line in log:
            test = json.loads(line)
            tests += 1
            tap = re.findall(r"^(not )?ok\b([^\n]*)", test.get("stdout") or "", re.M)
            bad = test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL")
            if not tap:
                passed += test["result"] in ("OK", "EXPECTEDFAIL")
                skipped += test["result"] == "SKIP"
                failed += bad
                continue
            skips = sum("# SKIP" in rest.upper() for no, rest in tap if not no)
            nots = sum(bool(no) for no, _ in tap)
            passed += len(tap) - skips - nots
            skipped += skips
            failed += nots if nots else int(bad)
except OSError as error:
    print(f"count: {error}", file=sys.stderr)
if tests == 0:
    failed += 1
print(passed, failed, skipped)
