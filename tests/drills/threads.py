#!/usr/bin/env python3
"""Runs a test of a build with ThreadSanitizer, and fails when anything that it started has reported.

usage: threads.py TEST ARG...

A test of Criterion is begun again while it ends or hangs without a word: Criterion wants memory at a random address, and
most addresses belong to the sanitizer.
"""
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile

ATTEMPTS = 1000
SILENCE = 30  # seconds; Criterion prints its first line at once
criterion = "test-" in os.path.basename(sys.argv[1])


def run(work):
    """The exit code, or None when it is to be run again."""
    for report in pathlib.Path(work).iterdir():
        report.unlink()
    test = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, start_new_session=True)
    if criterion and not select.select([test.stdout], [], [], SILENCE)[0]:
        os.killpg(test.pid, signal.SIGKILL)
    said = 0
    for line in test.stdout:
        said += 1
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    code = test.wait()
    return code if said or code == 0 or not criterion else None


with tempfile.TemporaryDirectory() as work:
    os.environ["TSAN_OPTIONS"] = f"log_path={work}/report:" + os.environ.get("TSAN_OPTIONS", "")
    attempt, code = 1, run(work)
    while code is None and attempt < ATTEMPTS:
        attempt, code = attempt + 1, run(work)
    races = 0
    for report in sorted(pathlib.Path(work).iterdir()):
        text = report.read_text(errors="replace")
        races += text.count("WARNING: ThreadSanitizer")
        print(text, file=sys.stderr)
print(f"# {races} reports of ThreadSanitizer, {attempt} attempts")
if code is None:
    print("Bail out! Criterion found no memory")
sys.exit(66 if races or code is None else code if code >= 0 else 128 - code)
