#!/usr/bin/env python3
"""Models the inner loops of the ARM kernels of a build, core by core, with llvm-mca. No ARM machine is needed, and nothing is measured:
loads hit L1, memory is infinitely fast, and a core is what LLVM says of it.

usage: arm_model.py BUILD [FILTER]   BUILD: a build folder for aarch64; FILTER: a regular expression of kernels

Prints a Markdown table: weights (GEMV) or multiply-adds (GEMM) per cycle. What an instruction multiplies is in `work`; a loop is the
innermost one of a kernel that multiplies most.
"""
import glob, os, re, subprocess, sys

LLVM = '19'
# Name, LLVM's name, levels that it has, bytes of its SVE registers.
CORES = [
    ('A53', 'cortex-a53', {'neon'}, 0),
    ('A72', 'cortex-a72', {'neon'}, 0),
    ('N1, A76', 'neoverse-n1', {'neon', 'dotprod'}, 0),
    ('N2', 'neoverse-n2', {'neon', 'dotprod', 'i8mm', 'sve', 'sve2', 'svei8mm'}, 16),
    ('V1', 'neoverse-v1', {'neon', 'dotprod', 'i8mm', 'sve', 'svei8mm'}, 32),
    ('V2', 'neoverse-v2', {'neon', 'dotprod', 'i8mm', 'sve', 'sve2', 'svei8mm'}, 16),
]
M1 = {'neon', 'dotprod'}
# Dot products of fractions serve two digits: weights of each.
FRACTIONS = [('_b80_', 80 / 6), ('_tq10_', 8)]
VECTOR = re.compile(r'\b[vqz]\d+')


def tool(name, *words, text=None):
    run = subprocess.run([f'{name}-{LLVM}', *words], input=text, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f'arm_model.py: {name}: {run.stderr.strip().splitlines()[0]}')
    return run.stdout


def functions(path):
    """Instructions (address, text) of each function of an object."""
    out, body = {}, None
    for line in tool('llvm-objdump', '-d', '--no-show-raw-insn', '--no-leading-headers', path).splitlines():
        head = re.match(r'[0-9a-f]+ <([\w.$]+)>:', line)
        if head:
            body = out.setdefault(head.group(1), [])
        elif body is not None and (m := re.match(r'\s*([0-9a-f]+):\s+(.*\S)', line)):
            body.append((int(m.group(1), 16), m.group(2).split('//')[0].replace('\t', ' ').strip()))
    return out


def target(text):
    m = re.match(r'(?:b\.?\w*|cbn?z|tbn?z) (?:.*, )?(0x[0-9a-f]+)', text)
    return int(m.group(1), 16) if m else None


def loops(body):
    """Innermost loops without calls, as lists of instructions; the branch back is the last."""
    index = {address: i for i, (address, _) in enumerate(body)}
    found = [(index[t], i) for i, (a, text) in enumerate(body) if (t := target(text)) is not None and t <= a and t in index]
    for first, last in found:
        inside = [text for _, text in body[first:last + 1]]
        nested = any((first <= f and l < last) or (first < f and l <= last) for f, l in found)
        if not nested and not any(re.match(r'bl\b|blr\b|ret\b', text) for text in inside):
            yield inside


def work(name, text):
    """Weights, or multiply-adds, of one instruction; SVE: of each 16 bytes of it."""
    op = text.split(' ')[0]
    if 'lut' in name:  # a look-up of the sums of four columns and eight tokens
        return 32 if re.match(r'ldr q\d+, \[x\d+, x\d+, lsl #4\]', text) else 0
    if re.match('gemv_(g2|tl1)_', name):  # a look-up of pairs
        return 16 if op == 'tbl' else 0
    if op in ('sdot', 'udot', 'usdot', 'sudot'):
        return next((weights for part, weights in FRACTIONS if part in name), 16)
    if op in ('smmla', 'ummla', 'usmmla'):
        return 32
    return 8 if re.fullmatch(r'[su]ml(al|sl)2?|[su]mull2?', op) and '.8h' in text else 0


def loads(text):
    """Loads of 16 bytes."""
    if not text.startswith('ld'):
        return 0
    return 2 if text.startswith('ldp') else max(1, len(re.findall(r'\b[vz]\d+\.', text.split('[')[0])))


def assembly(loop):
    return 'loop:\n' + '\n'.join(re.sub(r'0x[0-9a-f]+ <.*>$', 'loop', text) for text in loop) + '\n'


def cycles(loop, core):
    """Cycles of an iteration once the loop runs: those of many less those of few, since the first ones fill the core."""
    few, many = 40, 160

    def total(iterations):
        out = tool('llvm-mca', '-mtriple=aarch64', f'-mcpu={core}', '-mattr=+dotprod,+i8mm,+sve,+sve2', f'-iterations={iterations}',
                   text=assembly(loop))
        return int(re.search(r'Total Cycles:\s+(\d+)', out).group(1))

    return (total(many) - total(few)) / (many - few)


def best_loop(name, body):
    """Its multiply-adds, and the loop."""
    return max(((sum(work(name, t) for t in l), l) for l in loops(body)), key=lambda p: p[0], default=(0, None))


def kernels(build):
    """Name, level, multiply-adds and loop of each function of kernels/arm that multiplies. Variants that share a micro-kernel only
    call it: of their object the micro-kernels are shown."""
    for path in sorted(glob.glob(os.path.join(build, 'kernels', 'libtern-kernels-*.a.p', 'arm_*.o'))):
        level = re.search(r'kernels-(\w+)\.a\.p', path).group(1)
        source = os.path.basename(path)[len('arm_'):-len('.c.o')]
        rows = {}
        for name, body in functions(path).items():
            label = name if re.match(r'gem[vm]_', name) else f'{source}: {name}'
            done, loop = best_loop(label, body)
            if done:
                rows[label] = (done, loop)
        shared = any(':' in label for label in rows)
        # One micro-kernel for each number of tokens: the largest stands for all.
        family = {re.sub(r'\d+$', '', label): label for label in sorted(rows, key=lambda l: rows[l][0]) if ':' in label}
        for label, (done, loop) in rows.items():
            if label in family.values() or not (':' in label or shared and label.startswith('gemm_')):
                yield label, level, done, loop


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    wanted, rows = sys.argv[2] if len(sys.argv) > 2 else '.', []
    for name, level, done, loop in kernels(sys.argv[1]):
        if not re.search(wanted, name):
            continue
        vectors = sum(bool(VECTOR.search(t)) and not re.match('ld|st|prf', t) for t in loop)
        cell = []
        for _, core, levels, sve in CORES:
            scale = sve / 16 if 'sve' in level else 1  # `work` is that of 16 bytes
            cell.append(f'{done * scale / cycles(loop, core):.1f}' if level in levels else '')
        bound = max(vectors / 4, sum(map(loads, loop)) / 3, len(loop) / 8)
        cell.append(f'{done / bound:.1f}' if level in M1 else '')
        rows.append((name, f'{len(loop) * 64 / done:.1f}', f'{vectors * 64 / done:.1f}', *cell))
    print('| kernel | instructions | vector | ' + ' | '.join(c[0] for c in CORES) + ' | M1 bound |')
    print('|---|' + '---|' * (len(CORES) + 3))
    for row in sorted(rows):
        print('| ' + ' | '.join(('`' + row[0] + '`', *row[1:])) + ' |')


main()
