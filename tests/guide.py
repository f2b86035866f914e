#!/usr/bin/env python3
"""Follows docs/adding-a-kernel.md to the letter in a copy of the source tree.

usage: guide.py SOURCE_ROOT COPY

Every ```c PATH block of the page is written to that file of the copy: appended when the file exists, else the file is
made and its source is added to the list in the meson.build of its folder, as the page says in words.
"""
import pathlib
import re
import shutil
import subprocess
import sys

source, copy = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
listed = subprocess.run(["git", "-C", source, "ls-files", "-z"], capture_output=True)
if listed.returncode == 0:
    names = [n for n in listed.stdout.decode().split("\0") if n]
else:  # an unpacked archive
    names = [str(p.relative_to(source)) for p in source.rglob("*") if p.is_file()
             and not any(part.startswith(("build", ".git", "report")) for part in p.relative_to(source).parts[:1])]
for name in names:
    if not (source / name).is_file():
        continue
    to = copy / name
    to.parent.mkdir(parents=True, exist_ok=True)
    if not to.exists() or to.read_bytes() != (source / name).read_bytes():
        shutil.copy2(source / name, to)

page = (source / "docs/adding-a-kernel.md").read_text()
blocks = re.findall(r"^```c (\S+)\n(.*?)^```$", page, re.M | re.S)
if len(blocks) < 2:
    sys.exit("guide: the page has no ```c PATH blocks")
for path, text in blocks:
    target = copy / path
    if (source / path).exists():
        target.write_text((source / path).read_text() + text)
        continue
    target.write_text(text)
    meson = target.parent / "meson.build"
    before = meson.read_text()
    after = before.replace("scalar_src = files(", f"scalar_src = files('{target.name}', ", 1)
    if before == after:
        sys.exit(f"guide: {meson} has no scalar_src list")
    meson.write_text(after)
print(f"guide: {len(blocks)} blocks applied")
