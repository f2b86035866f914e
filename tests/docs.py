#!/usr/bin/env python3
"""Runs every command of the documentation. Prints TAP.

usage: docs.py TERN PAGE...

Each line of a ```sh block is one command; `tern` is the built program; the working folder, HOME and the XDG folders are
empty ones of their own. A command must exit 0, or the code in a trailing comment "# exit N".
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

tern = pathlib.Path(sys.argv[1]).resolve()
pages = [pathlib.Path(p) for p in sys.argv[2:]]
commands = []
for page in pages:
    for block in re.findall(r"^```sh\n(.*?)^```$", page.read_text(), re.M | re.S):
        text = block.replace("\\\n", " ")
        commands += [(page, line.strip()) for line in text.splitlines() if line.strip() and not line.startswith("#")]
print(f"1..{len(commands)}" if commands else "1..1\nnot ok 1 - the pages hold commands")
with tempfile.TemporaryDirectory() as folder:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("TERN_", "XDG_"))}
    env.update(HOME=folder, TERN_ACCEPT_BUSY="1", PATH=f"{tern.parent}:{env['PATH']}")
    for number, (page, line) in enumerate(commands, 1):
        wanted = re.search(r"#\s*exit (\d+)", line)
        done = subprocess.run(["sh", "-c", line], cwd=folder, env=env, capture_output=True, text=True, timeout=600)
        ok = done.returncode == int(wanted[1] if wanted else 0)
        print(f"{'ok' if ok else 'not ok'} {number} - {page.name}: {line.replace('#', '=')}", flush=True)
        if not ok:
            print("\n".join("# " + t for t in (f"exit {done.returncode}\n" + done.stdout[-800:] + done.stderr[-800:]).splitlines()))
