#!/usr/bin/env python3
"""Writes the first file system of an emulated machine: a newc archive (Linux Documentation/driver-api/early-userspace/buffer-format.rst).

usage: initramfs.py SYSROOT ARCHIVE.gz NAME=FILE ...

Each FILE is put at NAME. What a program needs of the sysroot's libraries, and its loader, come along below lib/. A folder is put
with all that it holds.
"""
import gzip, os, re, subprocess, sys

DIRECTORY, FILE, CONSOLE = 0o040755, 0o100755, 0o020600


def libraries(sysroot, programs):
    """Path of each library that the programs load, directly or not, by its name."""
    folders = [os.path.join(sysroot, p) for p in ('lib/aarch64-linux-gnu', 'usr/lib/aarch64-linux-gnu')]
    found, left = {}, list(programs)
    while left:
        dynamic = subprocess.run(['aarch64-linux-gnu-readelf', '-dl', left.pop()], capture_output=True, text=True).stdout
        for name in re.findall(r'\(NEEDED\).*\[(.*)\]', dynamic) + re.findall(r'interpreter: /lib/(\S+)\]', dynamic):
            if name in found:
                continue
            at = next((p for p in (os.path.join(d, name) for d in folders) if os.path.exists(p)), None)
            if at is None:
                sys.exit(f'initramfs.py: {name}: not in {sysroot}')
            found[name] = os.path.realpath(at)
            left.append(found[name])
    return found


class Archive:
    def __init__(self):
        self.parts, self.count, self.folders = [], 0, set()

    def entry(self, name, mode, data=b'', device=(0, 0)):
        self.count += 1
        text = name.encode() + b'\0'
        fields = (self.count, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(text), 0)
        for part in (b'070701' + b''.join(b'%08X' % f for f in fields) + text, data):
            self.parts += [part, b'\0' * (-len(part) % 4)]

    def folder(self, name):
        if name and name not in self.folders:
            self.folder(os.path.dirname(name))
            self.folders.add(name)
            self.entry(name, DIRECTORY)

    def file(self, name, path):
        if os.path.isdir(path):
            for inside in sorted(os.listdir(path)):
                self.file(f'{name}/{inside}', os.path.join(path, inside))
            return
        self.folder(os.path.dirname(name))
        with open(path, 'rb') as f:
            self.entry(name, FILE, f.read())

    def write(self, path):
        self.entry('TRAILER!!!', 0)
        with gzip.open(path, 'wb', 1) as f:
            f.write(b''.join(self.parts))


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sysroot, out = sys.argv[1:3]
    files = dict(word.split('=', 1) for word in sys.argv[3:])
    archive = Archive()
    for name in ('dev', 'proc', 'sys', 'tmp'):
        archive.folder(name)
    archive.entry('dev/console', CONSOLE, device=(5, 1))
    for name, path in files.items():
        archive.file(name, path)
    for name, path in libraries(sysroot, (p for p in files.values() if os.path.isfile(p))).items():
        archive.file('lib/' + name, path)
    archive.write(out)


main()
