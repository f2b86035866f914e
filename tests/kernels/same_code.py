#!/usr/bin/env python3
"""No two variants are the same code: compares the machine code of the run functions of every variant. Prints TAP.

usage: same_code.py TERN CC...

The code compared is that of the linked program, made independent of where it lies: a jump is the distance from the
function's start, an operand relative to the program counter is the constant it points at (the object of that name and
size, else as many bytes as the instruction's widest register), and a call or tail call of another function of the program is that function's code in its
place, so that two thin wrappers of one function are told apart by what they pass and two wrappers of equal copies are not.
A function that is only a jump to another, or another name of one address (compilers fold equal functions so), is the other.
Variants of different levels may be the same but for the encoding; they are listed and do no harm. Twins compiled for the
purpose with CC show that the comparison finds them.
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

NAME = re.compile(r"^gem[vm]_\w+__[a-z0-9]+$")


def functions(tern):
    """name -> (address, [(address, instruction, comment address or None)])"""
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", tern], capture_output=True, text=True, check=True).stdout
    found, body = {}, None
    for line in text.splitlines():
        head = re.match(r"^([0-9a-f]+) <(.+)>:$", line)
        if head:
            body = []
            found[head[2]] = (int(head[1], 16), body)
            continue
        part = re.match(r"^\s*([0-9a-f]+):\t(.*)$", line)
        if part and body is not None:
            body.append((int(part[1], 16), re.sub(r"\s+", " ", part[2]).strip()))
    at = {address: body for address, body in found.values()}
    for line in subprocess.run(["nm", tern], capture_output=True, text=True, check=True).stdout.splitlines():
        part = line.split()  # objdump prints one name per address
        if len(part) == 3 and part[1] in "Tt" and int(part[0], 16) in at:
            found.setdefault(part[2], (int(part[0], 16), at[int(part[0], 16)]))
    return found


def objects(tern):
    """address -> size of every named table."""
    text = subprocess.run(["nm", "-S", tern], capture_output=True, text=True, check=True).stdout
    return {int(m[1], 16): int(m[2], 16) for m in re.finditer(r"^([0-9a-f]+) ([0-9a-f]+) [rRdD] ", text, re.M)}


def sections(tern):
    """What constants may lie in: [(address, bytes)], and the sizes of those that have a name."""
    data = open(tern, "rb").read()
    text = subprocess.run(["readelf", "-SW", tern], capture_output=True, text=True, check=True).stdout
    out = []
    for m in re.finditer(r"\] (\S+)\s+PROGBITS\s+([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+)", text):
        address, offset, size = (int(x, 16) for x in m.groups()[1:])
        if m[1].startswith((".rodata", ".data.rel.ro", ".data")):
            out.append((address, data[offset:offset + size]))
    return out, objects(tern)


def constant(places, address, size):
    size = places[1].get(address, size)
    for start, data in places[0]:
        if start <= address < start + len(data):
            return data[address - start:address - start + size].hex()
    return f"at {address:x}"


def width(instruction):
    for register, size in (("%zmm", 64), ("%ymm", 32), ("%xmm", 16)):
        if register in instruction:
            return size
    return 8


def bare(address, body, known, by_address, places, memory, inside=()):
    """The digest of a function: position-independent text of its instructions."""
    if address in memory:
        return memory[address]
    end, text = body[-1][0], []
    while body and re.match(r"(nop|cs nop|data16|xchg %ax,%ax)", body[-1][1]):
        body = body[:-1]  # padding up to the next function
    for _, instruction in body:
        comment = re.search(r"\s*# ([0-9a-f]+)(?: <.*>)?$", instruction)
        if comment:
            value = constant(places, int(comment[1], 16), width(instruction))
            instruction = re.sub(r"-?0x[0-9a-f]+\(%rip\)", f"[{value}]", instruction[:comment.start()])
        jump = re.match(r"^((?:notrack |bnd )?(?:j\w+|call\w*|loop\w*)) ([0-9a-f]+) <([^>+]+)(?:\+0x[0-9a-f]+)?>$", instruction)
        if jump:
            to = int(jump[2], 16)
            if address <= to <= end:
                instruction = f"{jump[1]} +{to - address:x}"
            elif to in by_address and to not in inside and not jump[3].endswith("@plt"):
                callee = known[by_address[to]]
                code = bare(to, callee[1], known, by_address, places, memory, (*inside, address))
                if len(body) == 1 and jump[1] == "jmp":
                    memory[address] = code
                    return code
                instruction = f"{jump[1]} {code}"
            else:
                instruction = f"{jump[1]} {jump[3]}"
        text.append(instruction)
    memory[address] = hashlib.sha256("\n".join(text).encode()).hexdigest()
    return memory[address]


def twins(tern):
    known, places = functions(tern), sections(tern)
    by_address = {address: name for name, (address, _) in known.items()}
    names = sorted(n for n in known if NAME.match(n))
    memory, groups = {}, {}
    for name in names:
        address, body = known[name]
        groups.setdefault(bare(address, body, known, by_address, places, memory), []).append(name)
    return names, [g for g in groups.values() if len(g) > 1]


PROBE = """
#define KERNEL(name, table, n) int name(const int *x) { int s = 0; for (int i = 0; i < n; i++) s += x[i] / table[i & 3]; return s; }
static const volatile int a[4] = {1, 2, 3, 4}, b[4] = {1, 2, 3, 5}, c[4] = {1, 2, 3, 4};
KERNEL(gemv_one_i8_r1k1__scalar, a, 100)
KERNEL(gemv_two_i8_r1k1__scalar, a, 100)    /* twin */
KERNEL(gemv_three_i8_r1k1__scalar, a, 101)  /* another number */
KERNEL(gemv_four_i8_r1k1__scalar, b, 100)   /* another table */
KERNEL(gemv_one_i8_r1k1__avx2, c, 100)      /* twin at another level, through an equal table */
static __attribute__((noinline)) int worker(const int *x, int n) { int s = 0; for (int i = 0; i < n; i++) s += x[i] / a[i & 3]; return s; }
int gemv_five_i8_r1k1__scalar(const int *x) { return worker(x, x[0] + 1); }
int gemv_six_i8_r1k1__scalar(const int *x) { return worker(x, x[0] + 2); }
int main(void) { return 0; }
"""


def probe(compiler):
    """What twins() finds among functions of which the answer is known; None without a compiler."""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "probe")
        built = subprocess.run([*compiler, "-O2", "-x", "c", "-", "-o", program], input=PROBE, capture_output=True, text=True)
        return twins(program)[1] if built.returncode == 0 else None


def main():
    tern, compiler = sys.argv[1], sys.argv[2:]
    for tool in ("objdump", "readelf", "nm"):
        if not shutil.which(tool):
            print(f"1..0 # SKIP {tool} (binutils) is missing")
            return 0
    names, groups = twins(tern)
    listed = subprocess.run([tern, "list"], capture_output=True, text=True, check=True).stdout
    registered = [n for n in re.findall(r"^(gem[vm]_\S+)", listed, re.M)]
    missing = sorted(set(registered) - set(names))
    same = [g for g in groups if len({n.rsplit("__", 1)[1] for n in g}) < len(g)]
    found, wanted = probe(compiler), [["gemv_one_i8_r1k1__avx2", "gemv_one_i8_r1k1__scalar", "gemv_two_i8_r1k1__scalar"]]
    print("1..3")
    print(f"{'not ok' if missing or not registered else 'ok'} 1 - the code of all {len(registered)} variants was found"
          + (f": not of {' '.join(missing)}" if missing else ""))
    print(f"{'not ok' if same else 'ok'} 2 - no two variants of a level are the same code")
    print(f"{'ok' if found == wanted else 'not ok'} 3 - twins are found, and only twins"
          + ("" if found == wanted else f": {found}"))
    for group in same:
        print("# the same: " + " ".join(group))
    for group in groups:
        if group not in same:
            print("# the same at different levels: " + " ".join(group))
    return 1 if same or missing or not registered or found != wanted else 0


sys.exit(main())
