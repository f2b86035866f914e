#!/usr/bin/env python3
"""A whole emulated x86 machine with AVX-512, for kernels whose instructions this CPU lacks: Bochs as a Tiger Lake, Debian's kernel, and
programs in its first file system. Slow, and exact: it executes the instructions themselves.

usage: x86_machine.py BUILD WORK_FOLDER [REGEX]   (the quick proof of the variants and operations that this CPU lacks)

Prints TAP. Bochs 2.7 has all levels of base/isa/x86.def but avxvnni. It needs Debian, and root where bochs is not installed; what
else it needs is fetched and unpacked in WORK_FOLDER/parts.
"""
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
import tty

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from initramfs import CONSOLE, Archive  # noqa: E402

PARTS = ["isolinux", "syslinux-common", "genisoimage", "busybox-static"]
MEMORY = 1024  # MiB
# The kernel would not use AVX where XSAVE contradicts itself; in Bochs it does about protection keys (CPUID bit 515) and the compacted
# forms of XSAVE (321, 323). Registers that count cycles (124) are missing.
KERNEL_LINE = "console=ttyS0,115200 loglevel=8 panic=-1 mitigations=off nokaslr clearcpuid=515,321,323,124,158,306 lsm="
INIT = """#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
while read -r name words; do
    echo "begin $name"
    eval "/bin/$name $words" 2>&1
    echo "end $name $?"
done </jobs
echo "the guest is done"
exec /bin/busybox poweroff -f
"""


def run(*command, **more):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)


def fetch(folder):
    """Unpacks PARTS and a kernel. Returns why that is not possible, or None."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        return "this is not Debian"
    if shutil.which("bochs") is None:
        if os.getuid() or run("apt-get", "install", "-q", "-y", "--no-install-recommends", "bochs", "bochsbios", "vgabios").returncode:
            return "Bochs is not installed"
    if (folder / "done").exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    kernel = re.search(r"Depends: (linux-image-\S+)", run("apt-cache", "depends", "linux-image-cloud-amd64").stdout)
    made = run("apt-get", "download", *PARTS, kernel.group(1) if kernel else "linux-image-cloud-amd64", cwd=folder)
    if made.returncode:
        return "apt-get cannot fetch " + " ".join(PARTS) + " and a kernel"
    for package in folder.glob("*.deb"):
        run("dpkg-deb", "-x", package, folder)
    (folder / "done").touch()
    return None


def image(work, parts, programs, jobs):
    """The compact disc that the machine starts from."""
    disc = work / "disc"
    shutil.rmtree(disc, ignore_errors=True)
    disc.mkdir()
    (work / "init").write_text(INIT)
    (work / "jobs").write_text("".join(f"{name} " + " ".join(f"'{w}'" for w in words) + "\n" for name, words in jobs.items()))
    archive = Archive()
    for name in ("dev", "proc"):
        archive.folder(name)
    archive.entry("dev/console", CONSOLE, device=(5, 1))
    archive.file("init", work / "init")
    archive.file("jobs", work / "jobs")
    archive.file("bin/busybox", parts / "bin/busybox")
    for name in jobs:
        archive.file(f"bin/{name}", programs / name)
    (disc / "initrd").write_bytes(archive.bytes())
    shutil.copyfile(next(parts.glob("boot/vmlinuz-*")), disc / "vmlinuz")
    shutil.copyfile(parts / "usr/lib/ISOLINUX/isolinux.bin", disc / "isolinux.bin")
    shutil.copyfile(parts / "usr/lib/syslinux/modules/bios/ldlinux.c32", disc / "ldlinux.c32")
    (disc / "isolinux.cfg").write_text(f"DEFAULT tern\nLABEL tern\n  KERNEL vmlinuz\n  INITRD initrd\n  APPEND {KERNEL_LINE}\n")
    run(parts / "usr/bin/genisoimage", "-quiet", "-o", work / "boot.iso", "-b", "isolinux.bin", "-c", "boot.cat", "-no-emul-boot",
        "-boot-load-size", "4", "-boot-info-table", disc, check=True)


def start(work, limit):
    """Runs the machine until it switches off; what it wrote to its serial line, a terminal: a file would be written in blocks."""
    line, end = pty.openpty()
    tty.setraw(end)
    (work / "bochsrc").write_text(f"""config_interface: textconfig
display_library: rfb, options="timeout=0"
cpu: model=tigerlake, ips=50000000
memory: guest={MEMORY}, host={MEMORY}
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
ata0-master: type=cdrom, path={work}/boot.iso, status=inserted
boot: cdrom
clock: sync=none
com1: enabled=1, mode=term, dev={os.ttyname(end)}
log: {work}/bochs.log
panic: action=fatal
""")
    (work / "debugger").write_text("c\nquit\n")  # Debian's Bochs begins in its debugger
    machine = subprocess.Popen(["bochs", "-q", "-f", work / "bochsrc", "-rc", work / "debugger"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    text, stop = "", time.monotonic() + limit
    with (work / "serial.out").open("w") as log:
        while "the guest is done" not in text[-200:] and machine.poll() is None and time.monotonic() < stop:
            if select.select([line], [], [], 1)[0]:
                new = os.read(line, 65536).decode(errors="replace").replace("\r", "")
                text += new
                log.write(new)
                log.flush()
    os.killpg(machine.pid, signal.SIGKILL)
    machine.wait()
    return text


def run_jobs(folder, jobs, limit=6 * 3600):
    """Runs the static programs `folder`/NAME with their arguments: ({name: (output, exit code)}, why some are missing)."""
    why = fetch(folder.parent / "parts")
    if why:
        return {}, why
    image(folder.parent, folder.parent / "parts", folder, jobs)
    said = start(folder.parent, limit)
    found = re.findall(r"^begin (\S+)\n(.*?)^end \1 (\d+)$", said, re.M | re.S)
    return {name: (output, int(code)) for name, output, code in found}, "the emulated machine ended before its turn"


def main():
    """The quick proof of all that this CPU lacks, one job for each variant."""
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    build, work, pattern = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), (sys.argv[3:] or ["."])[0]
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    from mutants_build import Build
    work.mkdir(parents=True, exist_ok=True)
    programs = work / "programs"
    programs.mkdir(exist_ok=True)
    program = Build(build, work).link_unchanged(programs / "prove")
    names = [line.split() for line in run(program, "--list").stdout.splitlines()]
    names = [n for n, says in names if says == "lacks" and "avxvnni" not in n and re.search(pattern, n)]
    jobs = {"prove": ["--quick", "--timeout", "60", "^(" + "|".join(names) + ")$"]}
    said, why = run_jobs(programs, jobs)
    output, code = said.get("prove", (why, 1))
    print(output)
    sys.exit(code)


if __name__ == "__main__":
    main()
