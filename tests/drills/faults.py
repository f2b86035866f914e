#!/usr/bin/env python3
"""Fails one point after another of every command that writes: writes, syncs, renames, allocations, threads. After each the
exit code tells, one line names the file and the reason, files are whole, nothing is left over, and the next run works.

A point is a call: of all commands together there are some thousands. Where a command has more than --points of a kind, those
are tried that differ in who asks, and others up to that number; the output says how many."""
import collections, contextlib, os, random, re, struct, sys, tempfile, time
import common, writers

ROOT = os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', '..')

SITES = 1 << 20
HEAD = struct.Struct('<QQ32s480s512s')
REASON = {'ENOSPC': 'No space left|full|No locks', 'EIO': 'Input/output error|disk I/O error|I/O error',
          'memory': 'memory|Memory|could not be started|thread', 'process': 'unavailable|thread|start|fork'}
RETRIED = ('EINTR', 'short')

def text(raw):
    return raw.split(b'\0', 1)[0].decode(errors='replace')

class Faults:
    def __init__(self, library, folder):
        self.library, self.file = os.path.realpath(library), os.path.join(folder, 'faults.state')

    def environment(self, kind, at):
        with open(self.file, 'wb') as f:
            f.truncate(HEAD.size + 4 * SITES)
        return {'LD_PRELOAD': self.library, 'FAULTS': f'{kind}:{at}:{self.file}'}

    def read(self):
        with open(self.file, 'rb') as f:
            count, fired, call, path, origin = HEAD.unpack(f.read(HEAD.size))
        return count, fired, text(call), text(path), text(origin)

    def sites(self, count):
        with open(self.file, 'rb') as f:
            f.seek(HEAD.size)
            return struct.unpack(f'<{min(count + 1, SITES)}I', f.read(4 * min(count + 1, SITES)))[1:]

def chosen(kind, count, sites, most, lots):
    """All points, or where they are more than `most`: for each asker the first, the last and one between, then others."""
    if count <= most:
        return list(range(1, count + 1)), 'all'
    if not sites:
        step = -(-count // most)
        return list(range(1 + lots.randrange(step), count + 1, step)), f'every {step}th'
    by = collections.defaultdict(list)
    for k, site in enumerate(sites, 1):
        by[site].append(k)
    picked = {k for ks in by.values() for k in (ks[0], ks[-1], lots.choice(ks))}
    picked = sorted(picked) if len(picked) <= most else sorted(lots.sample(sorted(picked), most))
    return picked, f'{len(picked)} at {len(by)} askers'

def is_complete(w, out, good):
    if w.out == 'same':
        return out == good
    if w.out == 'json':
        return writers.is_json(out)
    return bool(out) == bool(good)

def asker(origin):
    """Whose code asked: the first object that is not the C library; of that one only its regular expressions count."""
    frames = origin.split(' < ')
    if any(f.startswith('libc.so') and f.endswith((' regcomp', ' regexec')) for f in frames):
        return 'regular expressions of libc'
    return next((name for name in (f.split('+')[0] for f in frames) if not name.startswith('libc.so')), '')

def judge(w, stock, folder, kind, run, good, new, state):
    """What is wrong after a run with a fault; an empty list: nothing."""
    _, _, call, path, origin = state
    found = []
    run.err = re.sub(r'tern: warning: .* TIMED OUT: .*\n', '', run.err) # a busy machine, no fault
    errors = [line for line in run.err.splitlines() if line.startswith('tern: ')]
    said = [line for line in run.err.splitlines() if line]
    if isinstance(run.returncode, str) or run.returncode < 0 or run.returncode not in (0, 1, 2, 3, 4):
        found.append(f'ends with {run.returncode}: {run.err[-200:]!r}')
    elif kind in RETRIED and run.returncode not in w.code and not given_up(state):
        found.append(f'is not retried: {run.err!r}')
    elif run.returncode in w.code:
        if not is_complete(w, run.out, good.out):
            found.append(f'says success, but the output is not complete: {run.out[-100:]!r}')
        missing = [f for f in new if f not in writers.files(folder) and writers.kind_of(w, f) not in ('spare', None)]
        if missing:
            found.append(f'says success, but {missing} is missing')
        if len(said) > len(good.err.splitlines()) + 1:
            found.append(f'more than one line: {run.err!r}')
    else:
        if len(errors) != 1:
            found.append(f'{len(errors)} lines of error: {run.err!r}')
        elif kind in REASON and not hidden(state) and not re.search(REASON[kind], errors[0]):
            found.append(f'does not name the reason: {errors[0]}')
        elif path and kind in ('ENOSPC', 'EIO') and not names(errors[0], path, folder):
            found.append(f'does not name {path}: {errors[0]}')
    return found + writers.flaws(w, stock, folder, new)

def given_up(state):
    """SQLite takes an interrupted sync for a failed one, and takes everything back."""
    return state[2].endswith('sync') and asker(state[4]).startswith('libsqlite3')

def hidden(state):
    """SQLite tries to open a file in other ways, and has then forgotten the first reason."""
    return state[2] == 'open' and asker(state[4]).startswith('libsqlite3')

def names(line, path, folder):
    """A pipe or a device is `output`; a temporary name stands for the file, and a folder for what is in it."""
    if not path.startswith('/') and '/' not in path and ':' in path:
        return 'output' in line
    if path.endswith('(deleted)') or '/#' in path:
        return True # a file without a name: the kernel tells its folder only
    stem = re.sub(r'(\.(\w{6}|\d+\.\d+|unchecked)|-wal|-shm|-journal)$', '', os.path.basename(path.rstrip('/')))
    return stem in line or 'output' in line or os.path.basename(os.path.dirname(path)) in line

def drill(w, kind, a, stock, faults, lots, tally):
    folder = stock.fresh(w, 'good')
    good = stock.run(w.words, folder)
    if good.returncode not in w.code:
        sys.exit(f'{w.name}: an untouched run ends with {good.returncode}: {good.err}')
    new = writers.files(folder)
    folder = stock.fresh(w)
    stock.run(w.words, folder, **faults.environment(kind, 0))
    count = faults.read()[0]
    points, how = chosen(kind, count, faults.sites(count) if kind in ('memory', 'process') else None, a.points, lots)
    bad = foreign = done = 0
    for k in points:
        folder = stock.fresh(w)
        run = stock.run(w.words, folder, **faults.environment(kind, k))
        state = faults.read()
        if not state[1]:
            continue # fewer points this time
        done += 1
        found = judge(w, stock, folder, kind, run, good, new, state)
        if not found:
            ready = set(new) <= set(writers.files(folder)) # only the output failed
            again = stock.run(w.words, folder)
            if again.returncode not in w.code + (w.again if ready else ()):
                found = [f'the next run ends with {again.returncode}: {again.err!r}']
        crashed = not isinstance(run.returncode, str) and run.returncode < 0
        swallowed = kind == 'memory' and asker(state[4]).startswith('libstdc++') and len(found) == 1 and 'output' in found[0]
        if found and (crashed or swallowed) and asker(state[4]) != 'tern':
            foreign += 1
            tally['foreign'][asker(state[4])] += 1
        elif found:
            bad += 1
            if bad <= a.show:
                print(f'# {w.name}, {kind} {k} of {count}: {state[2]} {state[3]}\n#   at {state[4][:400]}')
                for line in found[:3]:
                    print(f'#   {line[:400]}')
    tally['points'] += done
    tally['bad'] += bad
    print(f'# {w.name}, {kind}: {done} of {count} points ({how}): {bad} bad' + (f', {foreign} abort in a library' if foreign else ''), flush=True)

def main():
    a = common.arguments(__doc__, only={'default': '', 'help': 'writers whose name matches'}, show={'type': int, 'default': 3},
                         kinds={'default': 'ENOSPC,EIO,EINTR,short,memory,process'},
                         points={'type': int, 'default': 200, 'help': 'where there are more, a choice of so many'},
                         folder={'help': 'where to work; inputs that are there already are used'})
    library = os.path.join(a.build, 'tests', 'drills', 'faults.so')
    if not writers.preloads(common.tern(a), library):
        print('faults: SKIPPED: nothing can be preloaded (a sanitizer, or a static program)')
        sys.exit(77)
    lots = random.Random(a.seed)
    begun, tally = time.time(), {'points': 0, 'bad': 0, 'foreign': collections.Counter()}
    with contextlib.nullcontext(a.folder) if a.folder else tempfile.TemporaryDirectory() as folder:
        stock, faults = writers.Stock(common.tern(a), ROOT, folder), Faults(library, folder)
        for w in writers.WRITERS:
            if not re.search(a.only, w.name) or (a.quick and not w.quick):
                continue
            if a.quick:
                a.points = 5
            for kind in a.kinds.split(','):
                drill(w, kind, a, stock, faults, lots, tally)
    for name, n in tally['foreign'].items():
        print(f'# {n} points end the program, or are swallowed, within {name}')
    common.result('faults', not tally['bad'], f'{tally["points"]} points of failure, {tally["bad"]} of them mishandled, '
                  f'{sum(tally["foreign"].values())} that end a library; {writers.spent(begun)}')

main()
