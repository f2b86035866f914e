#!/usr/bin/env python3
"""Each mutant changes a text that is still in the source, so that none is lost without a word when code moves.

usage: mutants_texts.py SOURCE_ROOT
"""
import pathlib
import sys

import mutants_arm
import mutants_x86

kernels = pathlib.Path(sys.argv[1]) / "kernels"
lost = count = 0
for family, what, name, text, *_ in mutants_x86.MUTANTS + mutants_arm.MUTANTS:
    file = kernels / name
    count += 1
    if not file.exists() or text not in file.read_text():
        lost += 1
        print(f"{family}, {what}: kernels/{name} " + ("has not this text: " + text if file.exists() else "is not there"))
print(f"{count} mutants, {lost} without their text")
sys.exit(1 if lost or count < 100 else 0)
