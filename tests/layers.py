#!/usr/bin/env python3
"""What may include what (tests/rooms.txt), and that no folder is a flat list. Usage: layers.py SOURCE_ROOT"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
LARGEST_FOLDER = 25  # sources and headers
SOURCES = {".c", ".h", ".cc", ".def", ".inc"}
problems = []

rows, doors, floor_of = {}, {}, {}
for line in (root / "tests/rooms.txt").read_text().splitlines():
    if not line or line.startswith(("#", "circle ")):
        continue
    floor, folder, *names = line.split()
    rows[folder] = len(rows)
    floor_of[folder.split("/")[0]] = int(floor)
    doors[folder] = set(names)


def height(folder, is_source):
    """The row of a file: sources of a room's own folder may stand higher than its headers."""
    own = folder + "/*.c"
    return rows[own] if is_source and own in rows else rows[folder]


files = sorted(p.relative_to(root) for room in floor_of for p in (root / room).rglob("*") if p.suffix in SOURCES)
includes = 0
for path in files:
    folder = str(path.parent)
    if folder not in rows:
        problems.append(f"{path}: its folder is not in tests/rooms.txt")
        continue
    for name in re.findall(r'^#include "([^"]+)"', (root / path).read_text(), re.M):
        target = pathlib.Path(name)
        other = str(target.parent)
        if other not in rows or other == folder:
            continue
        includes += 1
        room, other_room = path.parts[0], target.parts[0]
        if room != other_room and floor_of[other_room] >= floor_of[room]:
            problems.append(f"{path} (floor {floor_of[room]}) includes {name} (floor {floor_of[other_room]})")
        if room == other_room and target.suffix != ".def" and rows[other] >= height(folder, path.suffix == ".c"):
            problems.append(f"{path} includes {name}, whose folder stands higher in the room")
        if "*" not in doors[other] and target.name not in doors[other]:
            problems.append(f"{path} includes {name}, which is no door of {other}/")

counts = {}
for path in files:
    counts[str(path.parent)] = counts.get(str(path.parent), 0) + 1
for folder, count in counts.items():
    if count > LARGEST_FOLDER:
        problems.append(f"{folder}/ holds {count} files: a wall is missing")
for folder in rows:
    if not folder.endswith("/*.c") and folder not in counts:
        problems.append(f"tests/rooms.txt: {folder}/ holds no source")
for folder, names in doors.items():
    for name in names - {"*", "-"}:
        if not (root / folder / name).exists():
            problems.append(f"tests/rooms.txt: {folder}/{name} is a door that is not there")
if includes < 500:
    problems.append(f"only {includes} includes were found: the check itself is broken")

print("\n".join(problems) if problems else f"{includes} includes between {len(counts)} folders stand as they should")
sys.exit(bool(problems))
