#!/usr/bin/env python3
"""Mutation check: one constant, mask or bound of each kernel family is changed, and the verifier must notice.

usage: mutants.py BUILD WORK_FOLDER [--arm FOLDER] [--control] [--from N] [WORD...]   (only mutants whose family or change holds one of the words)

BUILD is a configured build of the source whose kernels are changed, without OpenBLAS and oneDNN. With --arm it is one for 64-bit ARM, FOLDER holds its sysroot/
(tests/drills/arm.sh leaves both), and the mutants are those of tests/mutants_arm.py, which run in an emulator.

A mutant is one changed file, compiled as tests/mutants_build.py says and proved on its family (the quick proof where that is
enough). It runs where its instructions are: on this CPU, else with the vector words in plain C (tests/kernels/emulated/) where
they take the changed text. Those that only instructions which this CPU lacks could run are skipped.

Prints TAP: "ok" names the mutant, what killed it, and the processor time it took. A mutant whose text is not in the source is an error: the list has to
follow the code. --from N goes on with a run that was cut off; the last line counts. --control first compiles all kernels as mutants are, with nothing
changed, and expects the verifier to pass.
"""
import argparse
import pathlib
import re
import resource
import sys

from mutants_build import UNCHANGED, Build, run

parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].splitlines()[0])
parser.add_argument("build")
parser.add_argument("work")
parser.add_argument("--arm")
parser.add_argument("--control", action="store_true")
parser.add_argument("--from", type=int, default=2, dest="first")
parser.add_argument("words", nargs="*")
options = parser.parse_intermixed_args()
arm = pathlib.Path(options.arm).resolve() if options.arm else None
if arm:
    from mutants_arm import MUTANTS
else:
    from mutants_x86 import MUTANTS
work = pathlib.Path(options.work).resolve()
work.mkdir(parents=True, exist_ok=True)
build = Build(pathlib.Path(options.build).resolve(), work)


def emulator(cpu):
    return ["qemu-aarch64-static", "-cpu", cpu, "-L", arm / "sysroot"] if arm else []


def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def prove(program, pattern, effort=("--quick",), cpu="max", patience=None, emulated=False):
    def limit():  # of processor time: what uses more hangs
        if patience:
            resource.setrlimit(resource.RLIMIT_CPU, (patience, patience))
    how = ["--emulated", "avx2"] if emulated else []
    return run(*emulator(cpu), program, *how, *effort, "--first", "--timeout", "600", pattern, preexec_fn=limit)


def killer(output):
    """What the verifier says of the variant that is wrong, or None."""
    found = re.search(r"^not ok \d+ - (\S+), \d+ cases: ([A-Z ]+): \n# (.*)", output, re.M)
    return re.sub(r"\s+", " ", " ".join(found.groups()))[:150] if found else None


class Mutant:
    def __init__(self, number, family, what, name, text, change, pattern):
        self.number, self.title, self.name, self.text, self.change = number, f"{family}, {what}", name, text, change
        *words, self.pattern = pattern.split(" ")
        self.effort = [] if "full" in words else ["--quick"]
        self.patience = (60 if arm else 20) * (1 if self.effort else 20)  # seconds of a processor, after which it counts as hanging
        self.cpu = next((w[4:] for w in words if w.startswith("cpu=")), "max")
        self.names = {n for n in runs if re.search(self.pattern, n)}  # variants and operations
        self.emulated = not any(runs[n] for n in self.names) and bool(self.names & build.emulated)
        if self.emulated:
            self.names &= build.emulated
            self.pattern = f"^({'|'.join(sorted(self.names))})$"

    def report(self, verdict, why):
        tally[verdict] += 1
        word = "not ok" if verdict == "survived" else "ok"
        skip = " # SKIP" if verdict == "skipped" else ":"
        print(f"{word} {self.number} - {self.title.replace('#', '=')}{skip} {why.replace('#', '=')}", flush=True)

    def judge(self, seen, how, start):
        dead = killer(seen.stdout)
        if seen.returncode == 1 and dead:
            self.report("killed", f"killed{how} by {dead} ({spent() - start:.1f} s)")
        else:
            self.report("survived", f"survived{how}: the verifier exits {seen.returncode} ({spent() - start:.1f} s)")

    def run(self):
        start = spent()
        original = (build.source / "kernels" / self.name).read_text()
        if self.text not in original:
            return self.report("survived", f"the text is no longer in kernels/{self.name}")
        if not self.names:
            return self.report("survived", f"no variant is called {self.pattern}")
        if not self.emulated and not any(runs[n] for n in self.names):
            return self.report("skipped", "no such variant runs here, and there is no emulation of it")
        program, why = build.make(self.name, original.replace(self.text, self.change), self.names, self.emulated)
        if not program:
            verdict = "skipped" if self.emulated and why == UNCHANGED else "survived"
            return self.report(verdict, "no such variant runs here, and its emulation has not the changed text" if verdict == "skipped" else why)
        seen = prove(program, self.pattern, self.effort, self.cpu, self.patience, self.emulated)
        self.judge(seen, " in plain C" if self.emulated else "", start)


tally = {"killed": 0, "survived": 0, "skipped": 0}
runs = {}
for line in run(*emulator("max"), build.folder / "tests/kernels/prove", "--list").stdout.splitlines():
    name, says = line.split()
    runs[name] = says == "runs"
if not runs:
    sys.exit("mutants: the verifier does not run")

mutants = [Mutant(number, *entry) for number, entry in enumerate(MUTANTS, 2)]
kinds = {}
for family, change, *_ in MUTANTS:
    kinds.setdefault(family, set()).add(change.split(":")[0])
# The dense baselines are no kernels of ours to prove wrong in every way: they multiply what they are given.
lacking = [f"{f} has no {k}" for f, has in kinds.items() for k in ("constant", "mask", "bound") if k not in has and f != "dense"]
named = {name for m in mutants for name in m.names}
for part, what in ((1, "layout"), (-1, "level")):
    has = [{re.split("_+", n)[part] for n in some if n[:3] == "gem" and not (arm and "__scalar" in n)} for some in (runs, named)]
    lacking += [f"no mutant is of the {what} {x}" for x in sorted(has[0] - has[1])]
print(f"1..{len(MUTANTS) + 1}", flush=True)
print(("not ok" if lacking else "ok") + " 1 - every family has a constant, a mask and a bound changed, every layout and every level a mutant"
      + "".join(f"; {t}" for t in lacking), flush=True)

if options.control:
    program, made = build.make_control([n for n in runs if runs[n]])
    seen = prove(program, ".") if program else None
    lacking += [] if seen and seen.returncode == 0 else ["the control fails"]
    print(f"# control, nothing changed: {made} objects; " + (f"verifier exits {seen.returncode}, {killer(seen.stdout) or 'all passed'}" if seen else "-"))
for mutant in mutants:
    if mutant.number < options.first or options.words and not any(w in mutant.title for w in options.words):
        continue
    mutant.run()
print(f"# {tally['killed']} killed, {tally['survived']} survived, {tally['skipped']} skipped; {spent():.0f} s of processor time")
sys.exit(1 if tally["survived"] or lacking else 0)
