#!/usr/bin/env python3
"""Runs a test of a build with ThreadSanitizer, and fails when anything that it started has reported.

usage: threads.py TEST ARG...

A test of Criterion is begun again while it dies without a word: Criterion wants memory at a random address, and most
addresses belong to the sanitizer.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

ATTEMPTS = 100

with tempfile.TemporaryDirectory() as work:
    os.environ["TSAN_OPTIONS"] = f"log_path={work}/report:" + os.environ.get("TSAN_OPTIONS", "")
    for attempt in range(ATTEMPTS):
        for report in pathlib.Path(work).iterdir():
            report.unlink()
        test = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
        said = 0
        for line in test.stdout:
            said += 1
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
        code = test.wait()
        if said or code not in (-6, -11, 66):  # aborted, a bad access, a bad access that the sanitizer saw
            break
    reports = [r.read_text(errors="replace") for r in sorted(pathlib.Path(work).iterdir())]
    for text in reports:
        print(text, file=sys.stderr)
    races = sum(text.count("WARNING: ThreadSanitizer") for text in reports)
    if races:
        print(f"# {races} reports of ThreadSanitizer")
    sys.exit(66 if races else code if code >= 0 else 128 - code)
