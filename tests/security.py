#!/usr/bin/env python3
"""Each test that docs/security.md names exists: `FILE`: `TEXT`, `TEXT`; the file holds each text. Usage: security.py ROOT"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
bad, named = [], 0
for number, line in enumerate((root / "docs/security.md").read_text().splitlines(), 1):
    cells = [c.strip() for c in line.strip("|").split(" | ")]
    if not line.startswith("|") or len(cells) != 2 or cells[0] == "promise" or set(line) <= set("|- "):
        continue
    places = re.findall(r"`(tests/[^`]+)`: ((?:`[^`]+`(?:, )?)+)", cells[1])
    if not places:
        bad.append(f"line {number}: a promise without a test: {cells[0]}")
    for path, texts in places:
        file = root / path
        held = file.read_text(errors="replace") if file.is_file() else ""
        if not held:
            bad.append(f"line {number}: there is no {path}")
        for text in re.findall(r"`([^`]+)`", texts):
            named += 1
            if text not in held:
                bad.append(f"line {number}: {path} has no test '{text}'")
print("\n".join(bad) or f"{named} tests stand behind the promises")
sys.exit(bool(bad) or named < 30)
