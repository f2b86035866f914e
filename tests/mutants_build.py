"""Builds one mutant for tests/mutants.py, in a second or two: what the changed file makes different is compiled anew, and the
verifier (tests/kernels/prove.c) is linked with it and with the libraries of an ordinary build.

The changed file lies in a folder of its own that the compiler searches first, so neither the source nor the build is touched.
Compiled are objects that include the file, belong to a level in question, define a variant in question or none at all, and read
otherwise after the preprocessor. -O1 suffices: no optimization changes what a kernel computes.
"""
import collections
import json
import os
import pathlib
import re
import shlex
import subprocess
from multiprocessing.pool import ThreadPool

Object = collections.namedtuple("Object", "output source command library level variants")


UNCHANGED = "no object that these variants need is changed by it"


def run(*command, **more):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)


class Build:
    def __init__(self, folder, work):
        self.folder, self.work = folder, work
        about = json.loads((folder / "meson-info/meson-info.json").read_text())
        self.source = pathlib.Path(about["directories"]["source"])
        self.has_emulated = "tests/kernels/emulated:" in run("ninja", "-C", folder, "-t", "targets", "all").stdout
        made = run("ninja", "-C", folder, "tests/kernels/prove", *(["tests/kernels/emulated"] if self.has_emulated else []))
        if made.returncode:
            raise SystemExit("mutants: the unchanged source does not build:\n" + made.stdout[-2000:])
        self.read_objects()
        self.read_dependencies()

    def read_objects(self):
        entries = json.loads((self.folder / "compile_commands.json").read_text())
        entries = [e for e in entries if re.match(r"(tests/)?kernels/lib", e["output"])]
        symbols = collections.defaultdict(set)
        for line in run("nm", "-A", "-g", "--defined-only", *(e["output"] for e in entries), cwd=self.folder).stdout.splitlines():
            name, symbol = line.split(":")[0], line.split()[-1]
            if re.match("gem[mv]_.*__", symbol):
                symbols[name].add(symbol)
        self.objects = {}
        for e in entries:
            library, level = re.match(r".*/lib(tern-kernels|tern-\w+-ops|emulated-kernels)(?:-(\w+))?\.a", e["output"]).groups()
            self.objects[e["output"]] = Object(e["output"], e["file"], shlex.split(e["command"]), library, level,
                                               symbols[e["output"]])
        if any(re.search("blas|onednn", name) for name in self.objects):
            raise SystemExit("mutants: the build links other libraries: configure one with -Dopenblas=disabled -Donednn=disabled")
        self.emulated = set().union(*(o.variants for o in self.objects.values() if o.library == "emulated-kernels"))

    def read_dependencies(self):
        self.includers = collections.defaultdict(set)
        output = None
        for line in run("ninja", "-C", self.folder, "-t", "deps").stdout.splitlines():
            if line.startswith("    "):
                if output in self.objects:
                    self.includers[os.path.realpath(self.folder / line.strip())].add(output)
            else:
                output = line.split(":")[0]

    def wanted(self, o, names, emulated):
        """Whether these variants and operations, linked from the emulation or not, may need this object."""
        if o.level is None:
            return (o.library == "emulated-kernels") <= emulated and (not o.variants or bool(o.variants & names))
        if o.library != "tern-kernels" and o.level == "scalar":
            return True  # what the operations of all levels are compared with
        return not emulated and o.level in {n.split("__")[1] for n in names} and (not o.variants or bool(o.variants & names))

    def text(self, o, overlay):
        command = [c for c in self.command(o, overlay) if c not in ("-MD", "-c")] + ["-E", "-P"]
        return run(*command, cwd=self.folder).stdout

    def command(self, o, overlay):
        """The object's command without its output, ccache's name and optimization; `overlay` may be None."""
        words = [w for w in o.command if not re.match(r"-O|-g$|-Werror$|ccache$", w)]
        for option in ("-o", "-MF", "-MQ"):
            at = words.index(option)
            del words[at:at + 2]
        if overlay:
            words.insert(1, f"-I{overlay}")
            changed = overlay / os.path.relpath(self.folder / o.source, self.source)
            if changed.exists():
                words[words.index(o.source)] = str(changed)
        return words + ["-O1", "-g0", "-w"]

    def make(self, name, text, names, emulated):
        """Links the mutant whose file kernels/`name` is `text`: (program, number of objects), or (None, why not)."""
        overlay = self.work / "overlay"
        run("rm", "-rf", overlay)
        file = overlay / "kernels" / name
        file.parent.mkdir(parents=True)
        file.write_text(text)
        found = [self.objects[o] for o in sorted(self.includers[os.path.realpath(self.source / "kernels" / name)])]
        found = [o for o in found if self.wanted(o, names, emulated)]
        with ThreadPool(2) as pool:
            found = [o for o, new in zip(found, pool.map(lambda o: self.text(o, None) != self.text(o, overlay), found)) if new]
        return self.compile(found, overlay, emulated) if found else (None, UNCHANGED)

    def make_control(self, names):
        """The same with nothing changed, and all that these variants and operations may need compiled anew."""
        return self.compile([o for o in self.objects.values() if self.wanted(o, set(names), False)], None, False)

    def compile(self, objects, overlay, emulated):
        outputs = [self.work / f"{i}.o" for i in range(len(objects))]
        with ThreadPool(2) as pool:
            made = pool.starmap(lambda o, out: run(*self.command(o, overlay), "-o", out, "-MF", self.work / "ignored.d",
                                                   cwd=self.folder), zip(objects, outputs))
        for m in made:
            if m.returncode:
                return None, "the mutant does not compile: " + m.stderr[-300:].replace("\n", " ")
        program = self.work / "prove"
        made = run(*self.link(outputs, objects, emulated), "-o", program, cwd=self.folder)
        return (program, len(objects)) if made.returncode == 0 else (None, "the mutant is not linked: " + made.stderr[-300:])

    def link(self, objects, new, emulated):
        """Objects come before the libraries that hold the same symbols, and take their place. `new`: what they were made of."""
        compiler = [w for w in next(iter(self.objects.values())).command if not w.endswith("ccache")]
        compiler = compiler[:next(i for i, w in enumerate(compiler) if w.startswith("-I"))]
        libraries = sorted(self.folder.glob("kernels/*.a")) + sorted(self.folder.glob("base/*.a"))
        whole = [self.folder / o.output for o in self.objects.values()
                 if emulated and o.library == "emulated-kernels" and o not in new]
        return [*compiler, "-pthread", *objects, *whole,
                self.folder / "tests/kernels/prove.p/prove.c.o", "-Wl,--start-group", *libraries, "-Wl,--end-group", "-lm"]
