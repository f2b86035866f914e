#!/usr/bin/env python3
"""Live runs of the gate: planted slowdowns must be found, the same build must pass, also beside a noisy neighbour.

usage: gate.py TERN [--quick] [--threshold PCT] [--runs N]

TERN is built with -Dbroken_variant=true. Prints a line per group and one last line with the result; the exit code is 1 when a
goal was missed. --quick makes three runs of each kind and judges nothing but that they end as a gate may end.
"""
import argparse
import json
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("tern")
parser.add_argument("--quick", action="store_true")
parser.add_argument("--threshold", default="1.5")
parser.add_argument("--runs", type=int, default=0, help="of each kind, instead of 40 and 100")
options = parser.parse_args()
BASE = "gemv_i2s_i8_r1k128__avx2"
NEIGHBOUR = "import time\nx = bytearray(1 << 26)\nwhile True:\n    end = time.time() + 0.3\n    while time.time() < end: x[:] = x[::-1]\n    time.sleep(0.2)\n"


def gate(variant, seed):
    begun = time.monotonic()
    done = subprocess.run(
        [options.tern, "gate", "--baseline-bin", options.tern, "--baseline-filter", f"^{BASE}/", "--filter", f"^{variant}/",
         "--threshold", options.threshold, "--seed", str(seed), "--json", "-q"], capture_output=True, text=True, timeout=300)
    if done.returncode not in (0, 1, 2):
        sys.exit(f"gate: exit code {done.returncode}: {done.stderr.strip()}")
    json.loads(done.stdout, parse_constant=lambda c: sys.exit(f"gate: {c} is no JSON"))
    return done.returncode, time.monotonic() - begun


def group(title, variant, runs, noisy=False):
    count, longest = [0, 0, 0], 0.0
    neighbour = subprocess.Popen([sys.executable, "-c", NEIGHBOUR]) if noisy else None
    try:
        for seed in range(runs):
            code, seconds = gate(variant, seed + 1)
            count[code] += 1
            longest = max(longest, seconds)
    finally:
        if neighbour:
            neighbour.kill()
            neighbour.wait()
    print(f"{title}: {runs} runs: {count[0]} ok, {count[1]} regression, {count[2]} cannot tell; longest {longest:.1f} s", flush=True)
    return count, longest


planted, same = (3, 3) if options.quick else (options.runs or 40, options.runs or 100)
three, t3 = group("planted 3 %", BASE.replace("__", "_slow3__"), planted)
five, t5 = group("planted 5 %", BASE.replace("__", "_slow5__"), planted)
quiet, tq = group("A/A", BASE, (same + 1) // 2)
noisy, tn = group("A/A beside a noisy neighbour", BASE, same // 2, noisy=True)
found3, found5, alarms = three[1] / planted, five[1] / planted, (quiet[1] + noisy[1]) / same
longest = max(t3, t5, tq, tn)
good = options.quick or (found3 >= 0.95 and found5 >= 0.99 and alarms <= 0.02 and longest <= 30)
print(f"{'ok' if good else 'not ok'} - gate drill: 3 % found in {found3:.1%}, 5 % in {found5:.1%} of {planted} runs each; "
      f"false alarms {alarms:.1%} of {same} A/A runs; threshold {options.threshold} %; longest run {longest:.1f} s; "
      f"{time.strftime('%Y-%m-%d')}" + ("; quick, not judged" if options.quick else ""))
sys.exit(not good)
