#!/usr/bin/env python3
"""Live runs of the gate: planted slowdowns must be found, the same build must pass, also beside a noisy neighbour.

TERN is built with -Dbroken_variant=true. Every run is kept in the result file, and what is there already for the same program,
threshold and goal is not run again: an interrupted drill goes on where it stopped. The last lines are one per goal; the exit
code is 1 when one was missed, and 2 when none was but some have fewer runs than they need.

example: gate.py build-planted/cli/tern --only aa-neighbour --runs 10
"""
import argparse
import collections
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time

PAIRS = (("gemv_i2s_i8_r1k128__avx2", "gemv_i2s_i8_r1k128_slow{}__avx2"), ("gemm_p64_i8_r1k1__scalar", "gemm_p64_i8_r1k1_slow{}__scalar"))
# Busy for 0.3 of every 0.5 s, with more memory than a cache holds.
NEIGHBOUR = ("import time\nx = bytearray(1 << 26)\nwhile True:\n    end = time.time() + 0.3\n"
             "    while time.time() < end: x[:] = x[::-1]\n    time.sleep(0.2)\n")
# What is planted is a share of the rows computed twice, in percent.
Goal = collections.namedtuple("Goal", "name title runs planted noisy")
GOALS = (Goal("planted3", "planted 3 %", 40, 3, False), Goal("planted5", "planted 5 %", 40, 5, False), Goal("aa", "A/A", 50, 0, False),
         Goal("aa-neighbour", "A/A beside a noisy neighbour", 50, 0, True), Goal("time", "planted 3 % at a threshold of 3 %: undecided as long as can be", 5, 3, False))
SECONDS_MAX = 30

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("tern")
parser.add_argument("--only", action="append", choices=[g.name for g in GOALS], help="may be repeated; default: all goals")
parser.add_argument("--runs", type=int, help="at most so many new runs of each goal now")
parser.add_argument("--results", help="default: gate-drill.jsonl beside TERN's build folder")
parser.add_argument("--threshold", default="1.5", help="percent")
parser.add_argument("--quick", action="store_true", help="two runs of each goal in a file of their own, nothing is judged")
options = parser.parse_args()
if not os.access(options.tern, os.X_OK):
    sys.exit(f"gate drill: {options.tern}: no such program")
with open(options.tern, "rb") as f:
    program = hashlib.sha256(f.read()).hexdigest()[:16]
if options.quick:
    options.runs, options.results = 2, os.path.join(tempfile.mkdtemp(), "quick.jsonl")
if not options.results:
    options.results = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(options.tern))), "gate-drill.jsonl")


def known():
    """Runs of this program with this threshold; a last line that was cut off is no run."""
    runs = []
    if os.path.exists(options.results):
        for line in open(options.results, encoding="utf-8"):
            try:
                run = json.loads(line)
            except ValueError:
                continue
            if run.get("program") == program and run.get("threshold") == options.threshold:
                runs.append(run)
    return runs


def variants():
    listed = set(re.findall(r"[a-z0-9_]+__[a-z0-9]+", subprocess.run([options.tern, "list"], capture_output=True, text=True, check=True).stdout))
    for base, slow in PAIRS:
        if base in listed and slow.format(3) in listed:
            return base, slow
    sys.exit("gate drill: this build has no slow variant: configure it with -Dbroken_variant=true")


def gate(goal, seed):
    base, slow = variants()
    threshold = "3" if goal.name == "time" else options.threshold
    command = [options.tern, "gate", "--baseline-bin", options.tern, "--threshold", threshold, "--seed", str(seed), "--json", "-q",
               "--baseline-filter", f"^{base}/", "--filter", f"^{slow.format(goal.planted) if goal.planted else base}/"]
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.monotonic() - begun
    if done.returncode not in (0, 1, 2):
        sys.exit(f"gate drill: exit code {done.returncode}: {done.stderr.strip()}")
    said = json.loads(done.stdout, parse_constant=lambda c: sys.exit(f"gate drill: {c} is no JSON"))
    return {"goal": goal.name, "program": program, "threshold": options.threshold, "seed": seed, "code": done.returncode,
            "seconds": round(seconds, 2), "date": time.strftime("%Y-%m-%d"), "processes": said["processes"],
            "change": [round(r.get("change", 0), 4) for r in said["rows"]], "floor": [round(r.get("floor", 0), 4) for r in said["rows"]],
            "verdict": [r["verdict"] for r in said["rows"]]}


def drill(goal, done):
    wanted = max(goal.runs - len(done), 0) if options.runs is None else min(max(goal.runs - len(done), 0), options.runs)
    if not wanted:
        return
    neighbour = subprocess.Popen([sys.executable, "-c", NEIGHBOUR]) if goal.noisy else None
    try:
        for i in range(wanted):
            run = gate(goal, len(done) + 1)
            done.append(run)
            with open(options.results, "a", encoding="utf-8") as f:
                f.write(json.dumps(run) + "\n")
            print(f"{goal.title}: run {len(done)} of {goal.runs}: {('no regression', 'REGRESSION', 'cannot tell')[run['code']]}, "
                  f"{', '.join(f'{c:+.2%}' for c in run['change'])}, {run['seconds']:.1f} s", file=sys.stderr, flush=True)
    finally:
        if neighbour:
            neighbour.kill()
            neighbour.wait()


def line(good, enough, text):
    word = "RAN (quick, not judged)" if options.quick else "ok" if good and enough else "not ok" if enough else "open"
    print(f"{word} - gate drill: {text}{'' if enough or options.quick else ': too few runs'}", flush=True)
    return options.quick or good, options.quick or enough


runs = collections.defaultdict(list)
for run in known():
    runs[run["goal"]].append(run)
chosen = [g for g in GOALS if not options.only or g.name in options.only]
for goal in chosen:
    drill(goal, runs[goal.name])

verdicts = []
for goal in chosen:
    red = sum(r["code"] == 1 for r in runs[goal.name])
    open_ = sum(r["code"] == 2 for r in runs[goal.name])
    n = len(runs[goal.name])
    if goal.planted and goal.name != "time":
        least = {3: 0.95, 5: 0.99}[goal.planted]
        verdicts.append(line(red >= least * n, n >= goal.runs, f"{goal.title} found in {red} of {n} runs (goal {least:.0%}), {open_} cannot tell"))
names = [g.name for g in chosen if g.planted == 0]
if names:
    same = [r for name in names for r in runs[name]]
    counts = ", ".join(f"{sum(r['code'] == 1 for r in runs[n])} of {len(runs[n])} {'beside a noisy neighbour' if 'n' in n else 'alone'}" for n in names)
    alarms = sum(r["code"] == 1 for r in same)
    verdicts.append(line(alarms <= 0.02 * len(same), len(same) >= sum(g.runs for g in chosen if g.name in names),
                         f"false alarms {counts} (goal 2 %), {sum(r['code'] == 2 for r in same)} cannot tell"))
every = [r["seconds"] for name in runs for r in runs[name]]
if every:
    middle = sorted(every)[len(every) // 2]
    enough = all(len(runs[g.name]) >= g.runs for g in chosen)
    verdicts.append(line(max(every) <= SECONDS_MAX, enough, f"a run over 3 problems takes {middle:.1f} s (median of {len(every)}), "
                                                          f"at most {max(every):.1f} s (goal {SECONDS_MAX} s)"))
print(f"threshold {options.threshold} %, {time.strftime('%Y-%m-%d')}, {platform.machine()}, {os.cpu_count()} processors, results in {options.results}")
sys.exit(1 if any(not good and enough for good, enough in verdicts) else 2 if any(not enough for _, enough in verdicts) else 0)
