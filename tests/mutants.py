#!/usr/bin/env python3
"""Mutation check: one constant, mask or bound of each kernel family is changed, and the verifier must notice.

usage: mutants.py SOURCE_ROOT WORK_FOLDER [--arm FOLDER] [WORD...]   (only mutants whose family or change holds one of the words)

With --arm the mutants are those of tests/mutants_arm.py, built and run for 64-bit ARM by what tests/drills/arm.sh left in its FOLDER:
cross.ini and sysroot/.

The tree is copied and configured once; each mutant rewrites one file, rebuilds, and runs `tern verify` (the quick proof
where that is enough) on its family. Prints TAP: "ok" names the mutant and the case that killed it. A mutant whose text is not in the source is an error:
the list has to follow the code. Mutants that only this CPU's missing instructions could run are skipped.
"""
import pathlib
import re
import shutil
import subprocess
import sys


def run(*command, **more):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)


source, work = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
only = sys.argv[3:]
arm = None
if only[:1] == ["--arm"]:
    arm, only = pathlib.Path(only[1]).resolve(), only[2:]
    from mutants_arm import MUTANTS
else:
    from mutants_x86 import MUTANTS
copy, build = work / "source", work / "build"
shutil.rmtree(copy, ignore_errors=True)
for name in run("git", "-C", source, "ls-files", "-z").stdout.split("\0"):
    if name and (source / name).is_file():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, copy / name)  # and not its time: objects of an older copy may be younger
        shutil.copymode(source / name, copy / name)
if not (build / "build.ninja").exists():
    options = [f"-D{o}=disabled" for o in ("tests", "openblas", "onednn", "papi", "gbench", "hwloc", "libedit")]
    cross = ["--cross-file", arm / "cross.ini"] if arm else []
    made = run("meson", "setup", build, copy, "-Dwerror=false", *cross, *options)
    if made.returncode:
        sys.exit("mutants: meson setup failed:\n" + made.stdout[-2000:])
if run("ninja", "-C", build).returncode:
    sys.exit("mutants: the unchanged tree does not build")


def tern(*command, cpu="max"):
    emulator = ["qemu-aarch64-static", "-cpu", cpu, "-L", arm / "sysroot"] if arm else []
    return run(*emulator, build / "cli/tern", *command)


patience = ["--timeout", "300"] if arm else []  # an emulator is slow
usable = tern("list", "--runnable").stdout
mutants = [m for m in MUTANTS if not only or any(o in m[0] + ", " + m[1] for o in only)]
print(f"1..{len(mutants) + 1}", flush=True)
kinds = {}
for family, change, *_ in MUTANTS:
    kinds.setdefault(family, set()).add(change.split(":")[0])
# The dense baselines are no kernels of ours to prove wrong in every way: they multiply what they are given.
lacking = [f"{f} has no {k}" for f, has in kinds.items() for k in ("constant", "mask", "bound") if k not in has and f != "dense"]
print(("not ok" if lacking else "ok") + " 1 - every family has a constant, a mask and a bound changed" + "".join(f"; {t}" for t in lacking))
survivors = len(lacking)
for number, (family, what, name, text, change, pattern) in enumerate(mutants, 2):
    *words, pattern = pattern.split(" ")
    effort = [] if "full" in words else ["--quick"]
    cpu = next((w[4:] for w in words if w.startswith("cpu=")), "max")
    family = f"{family}, {what}"
    target = copy / "kernels" / name
    original = target.read_text()
    # The list has no float operations: they run where a variant of their level does.
    if not re.search(pattern[pattern.index("__"):] if pattern.startswith("op_") else pattern, usable):
        print(f"ok {number} - {family} = SKIP".replace("=", "#") + f" no variant like {pattern} runs here", flush=True)
        continue
    verdict = "not ok"
    if text not in original:
        why = f"the text is no longer in kernels/{name}"
    else:
        target.write_text(original.replace(text, change))
        built = run("ninja", "-C", build)
        if built.returncode:
            why = "the mutant does not compile: " + built.stdout[-300:].replace("\n", " ")
        else:
            seen = tern("verify", *effort, *patience, "--seed", "1", "-q", "--filter", pattern, cpu=cpu)
            killer = next((l for l in seen.stdout.splitlines() if re.match("WRONG|CRASHED|TIMED OUT", l)), None)
            if seen.returncode == 1 and killer:
                verdict, why = "ok", "killed by " + re.sub(r"\s+", " ", killer)[:150]
            else:
                why = f"survived: verify exits {seen.returncode}"
        target.write_text(original)
    survivors += verdict != "ok"
    print(f"{verdict} {number} - {family}: {why}".replace("#", "="), flush=True)
sys.exit(1 if survivors else 0)
