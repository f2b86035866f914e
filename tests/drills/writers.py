"""Every command that writes: how it is called, what it may write, and how to tell whether a file is whole.

A writer runs in a folder of its own, which holds the old state of its files. Its machine is a small made-up one with small
caches and scalar kernels, so that commands that measure take tenths of a second."""
import dataclasses, json, os, re, resource, shutil, sqlite3, subprocess, sys, time

@dataclasses.dataclass
class Writer:
    name: str
    words: list                                  # of the command line; {stock} is the folder of inputs
    files: dict = dataclasses.field(default_factory=dict)   # pattern -> kind, see whole()
    old: list = dataclasses.field(default_factory=list)     # command lines that make the old state
    code: tuple = (0,)                           # exit codes of an untouched run,
    again: tuple = ()                            # and, besides, of one where the new state is there already
    out: str = 'same'                            # standard output: same, alike (but for numbers), json, any
    quick: bool = False                          # also part of the quick test

SMALL = '64x128x1'
BENCH = ['--regime', 'hot', '--benchmark_min_time=0.001', '--filter', '^gemm_p64_i8_r1k1__scalar']
TUNE = ['tune', '--threads', '1', '--budget', '1', '--effort', 'quick', '-q', '--wisdom', 'w', '--records', 'r.jsonl']
ENGINE = ['-m', '{stock}/micro.gguf', '-t', '1', '-q']

WRITERS = [
    Writer('synth', ['synth', 'micro', 'm.gguf', '-q'], {'m.gguf': 'same'}, [['synth', 'micro', 'm.gguf', '--seed', '9', '-q']], quick=True),
    Writer('convert', ['convert', '{stock}/micro.gguf', 'm.gguf', '--type', 'i2s4', '-q'], {'m.gguf': 'same'},
           [['synth', 'micro', 'm.gguf', '-q']], quick=True),
    Writer('convert to a folder', ['convert', '{stock}/micro.gguf', 'hf', '--type', 'hfu8', '-q'], {'hf/.*': 'same'}, again=(3,), quick=True),
    Writer('run --logits', ['run', *ENGINE, '--tokens', '1,2', '-n', '2', '--print-ids', '--logits', 'l', '--no-race'],
           {'l': 'same'}, [['run', *ENGINE, '--tokens', '3', '-n', '1', '--logits', 'l', '--no-race']], quick=True),
    Writer('run --cache', ['run', *ENGINE, '--tokens', '1,2', '-n', '2', '--print-ids', '--cache', 'c', '--no-race'], {'c/.*': 'spare'}, quick=True),
    Writer('run, first load', ['run', *ENGINE, '--tokens', '1,2', '-n', '2', '--print-ids'], {'home/.*': 'spare'}),
    Writer('e2e', ['e2e', *ENGINE, '-p', '2', '-n', '1', '-r', '1', '-o', 'json', '--records', 'r.jsonl', '--no-race'],
           {'r.jsonl': 'lines'}, [['e2e', *ENGINE, '-p', '2', '-n', '0', '-r', '1', '--records', 'r.jsonl', '--no-race']], out='json', quick=True),
    Writer('bench', ['bench', '--problem', SMALL, *BENCH, '--records', 'r.jsonl', '--benchmark_out=b.json', '--benchmark_format=json'],
           {'r.jsonl': 'lines', 'b.json': 'json'}, [['bench', '--problem', '16x128x1', *BENCH, '--records', 'r.jsonl']], out='json', quick=True),
    Writer('ceilings', ['ceilings', '--seconds', '0.05', '-t', '1', '-q', '--records', 'r.jsonl', '--json'], {'r.jsonl': 'lines'},
           [['ceilings', '--seconds', '0.05', '-t', '1', '-q', '--records', 'r.jsonl']], out='json'),
    Writer('tune', [*TUNE, '--problem', SMALL], {'w': 'wisdom', 'r.jsonl': 'lines', 'w.journal': 'lines', 'home/.*': 'spare'},
           [[*TUNE, '--problem', '16x128x1']], out='any'),
    Writer('tune --record-table', ['tune', '--problem', SMALL, '--threads', '1', '--rounds', '1', '-q', '--record-table', 'tab.gz'],
           {'tab.gz': 'gzip', 'tab.gz.journal': 'lines', 'home/.*': 'spare'}, out='any'),
    Writer('wisdom import', ['wisdom', 'import', '{stock}/more', '--wisdom', 'w'], {'w': 'same'}, [['wisdom', 'import', '{stock}/wisdom', '--wisdom', 'w']]),
    Writer('wisdom merge', ['wisdom', 'merge', '{stock}/more', '--wisdom', 'w'], {'w': 'same'}, [['wisdom', 'import', '{stock}/wisdom', '--wisdom', 'w']]),
    Writer('wisdom export', ['wisdom', 'export', 'x', '--wisdom', '{stock}/wisdom'], {'x': 'same'}, [['wisdom', 'export', 'x', '--wisdom', '{stock}/more']]),
    Writer('wisdom export to stdout', ['wisdom', 'export', '--wisdom', '{stock}/wisdom']),
    Writer('wisdom export-ranks', ['wisdom', 'export-ranks', 'x', '--wisdom', '{stock}/wisdom'], {'x': 'same'}),
    Writer('wisdom forget', ['wisdom', 'forget', SMALL, '--wisdom', 'w'], {'w': 'same'},
           [['wisdom', 'import', '{stock}/wisdom', '--wisdom', 'w'], ['wisdom', 'import', '{stock}/more', '--wisdom', 'w']]),
    Writer('wisdom show', ['wisdom', 'show', '--wisdom', '{stock}/wisdom']),
    Writer('history add', ['history', 'add', '{stock}/records.jsonl', '--db', 'h.db'], {'h.db': 'history', 'h.db-.*': 'spare'},
           [['history', 'add', '{stock}/more.jsonl', '--db', 'h.db']], out='any', quick=True),
    Writer('history add, the first', ['history', 'add', '{stock}/records.jsonl', '--db', 'h.db'], {'h.db': 'history', 'h.db-.*': 'spare'}, out='any'),
    Writer('history import', ['history', 'import', '{stock}/gbench.json', '--db', 'h.db', '--machine', 'm:1'], {'h.db': 'history', 'h.db-.*': 'spare'},
           [['history', 'add', '{stock}/more.jsonl', '--db', 'h.db']], again=(3,), out='any'),
    Writer('history annotate', ['history', 'annotate', 'hello', '--commit', 'abc', '--db', 'h.db'], {'h.db': 'history', 'h.db-.*': 'spare'},
           [['history', 'add', '{stock}/more.jsonl', '--db', 'h.db']]),
    Writer('history export', ['history', 'export', '--db', '{stock}/h.db', '-o', 'x.jsonl'], {'x.jsonl': 'same'},
           [['history', 'export', '--db', '{stock}/h.db', '-o', 'x.jsonl', '--newest', '1']], quick=True),
    Writer('history export to stdout', ['history', 'export', '--db', '{stock}/h.db']),
    Writer('history plot', ['history', 'plot', '--db', '{stock}/h.db', '-o', 'plots'], {'plots/.*': 'any'}, out='any'),
    Writer('report', ['report', '--records', '{stock}/records.jsonl', '--out', 'page', '--svg-only', '-q'], {'page/index.html': 'html', 'page/.*': 'any'},
           [['report', '--records', '{stock}/more.jsonl', '--out', 'page', '--svg-only', '-q']], out='any'),
    Writer('gate on records', ['gate', '--baseline', '{commit}', '--records', '{stock}/records.jsonl', '--db', '{stock}/h.db', '--junit', 'j.xml',
                               '--markdown', 'g.md', '--json'], {'j.xml': 'xml', 'g.md': 'any'}, code=(0, 1, 2), out='json', quick=True),
    Writer('verify', ['verify', '-f', '^gemm_i2s_i8_r1k1__scalar', '--quick', '-q', '--seed', '1', '--json'], out='json'),
    Writer('list', ['list', '-f', 'scalar$', '-o', 'md'], quick=True),
    Writer('list --json', ['list', '-f', 'p64', '--json'], quick=True),
    Writer('doctor', ['doctor', '--json'], out='json'),
    Writer('inspect', ['inspect', '{stock}/micro.gguf', '--json'], quick=True),
    Writer('inspect a folder', ['inspect', '{stock}/hf', '--tensors']),
    Writer('tokenize', ['tokenize', '-m', '{stock}/micro.gguf', '-p', 'hello world']),
    Writer('embed', ['embed', '-m', '{stock}/micro.gguf', '-p', 'hello', '--pool', 'last', '-q', '-t', '1', '--no-race']),
    Writer('perplexity', ['perplexity', '-m', '{stock}/micro.gguf', '-f', '{stock}/text', '--tokens', '8', '--ctx', '4', '-q', '-t', '1', '--no-race', '--json'], out='json'),
    Writer('compare', ['compare', '{stock}/records.jsonl', '{stock}/more.jsonl', '--csv'], code=(0, 1, 2)),
    Writer('tune --replay', ['tune', '--replay', '{stock}/table.gz', '--repetitions', '1', '-q']),
]

def small_machine(folder):
    """A root of sysfs and procfs: one processor, caches of 32, 64 and 128 KiB."""
    cpu = os.path.join(folder, 'sys/devices/system/cpu')
    for i in range(3):
        cache = os.path.join(cpu, f'cpu0/cache/index{i}')
        os.makedirs(cache)
        for name, text in {'level': i + 1, 'type': 'Unified', 'size': f'{32 << i}K', 'shared_cpu_list': 0, 'coherency_line_size': 64}.items():
            with open(os.path.join(cache, name), 'w') as f:
                f.write(f'{text}\n')
    with open(os.path.join(cpu, 'online'), 'w') as f:
        f.write('0\n')
    return folder

TUNE_INPUT = ['tune', '--threads', '1', '--budget', '1', '--effort', 'quick', '-q', '--records', 'tuned.jsonl', '--problem']
# Inputs, made when first used, and the command that makes each.
INPUTS = {
    'wisdom': [*TUNE_INPUT, '16x128x1', '--wisdom', 'wisdom'],
    'more': [*TUNE_INPUT, SMALL, '--wisdom', 'more'],
    'records.jsonl': ['bench', '--problem', SMALL, *BENCH, '--records', 'records.jsonl', '--benchmark_out=gbench.json'],
    'gbench.json': ['bench', '--problem', SMALL, *BENCH, '--records', 'other.jsonl', '--benchmark_out=gbench.json'],
    'more.jsonl': ['bench', '--problem', '16x128x1', *BENCH, '--records', 'more.jsonl'],
    'hf': ['convert', 'micro.gguf', 'hf', '--type', 'hfu8', '-q'],
    'h.db': ['history', 'add', '{stock}/records.jsonl', '--db', 'h.db'],
    'table.gz': ['tune', '--problem', SMALL, '--threads', '1', '--rounds', '1', '-q', '--record-table', 'table.gz'],
}

class Stock:
    """The inputs of all writers and the old state of each, in a folder."""
    def __init__(self, tern, root, folder):
        self.tern, self.folder, self.commit = os.path.realpath(tern), os.path.realpath(folder), ''
        self.stock = os.path.join(self.folder, 'stock')
        self.machine, self.olds = os.path.join(self.folder, 'machine'), {}
        if os.path.exists(self.stock):
            return
        small_machine(self.machine)
        os.makedirs(self.stock)
        shutil.copy(os.path.join(os.path.realpath(root), 'tests/data/micro-bitnet-b1.58.I2_S.gguf'), os.path.join(self.stock, 'micro.gguf'))
        with open(os.path.join(self.stock, 'text'), 'w') as f:
            f.write('Ternary weights are minus one, nought and one. ' * 4)

    def filled_in(self, words):
        """The words of a command line; inputs that they name are made."""
        for name in re.findall(r'{stock}/([\w.]+)', ' '.join(words)):
            if name in INPUTS and not os.path.exists(os.path.join(self.stock, name)):
                self.must(INPUTS[name], self.stock)
        if '{commit}' in words and not self.commit:
            with open(os.path.join(self.stock, 'records.jsonl')) as f:
                self.commit = json.loads(f.readline())['commit']
        return [w.replace('{stock}', self.stock).replace('{commit}', self.commit) for w in words]

    def environment(self, home, **more):
        env = {k: v for k, v in os.environ.items() if not k.startswith(('TERN_', 'XDG_'))}
        return dict(env, HOME=home, TERN_ISA='scalar', TERN_SYSFS=self.machine, LC_ALL='C', TMPDIR=self.folder, **more)

    def start(self, words, folder, out=subprocess.PIPE, before=(), **more):
        """Starts tern in the folder, whose `home` is the home folder."""
        return subprocess.Popen([*before, self.tern, *self.filled_in(words)], cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE,
                                env=self.environment(os.path.join(folder, 'home'), **more))

    def run(self, words, folder, **more):
        child = self.start(words, folder, **more)
        try:
            child.out, child.err = (x.decode(errors='replace') for x in child.communicate(timeout=1800))
        except subprocess.TimeoutExpired:
            child.kill()
            child.out, child.err = (x.decode(errors='replace') for x in child.communicate())
            child.returncode = 'hangs'
        return child

    def must(self, words, folder):
        done = self.run(words, folder)
        if done.returncode not in (0, 2):
            sys.exit(f'tern {" ".join(words)}: exit code {done.returncode}: {done.err}')

    def old(self, w):
        """A folder with the old state of a writer's files; it is copied, not used."""
        if w.name not in self.olds:
            folder = os.path.join(self.folder, 'old-' + re.sub(r'\W+', '-', w.name))
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(os.path.join(folder, 'home'))
            for words in w.old:
                self.must(words, folder)
            self.olds[w.name] = folder
        return self.olds[w.name]

    def fresh(self, w, name='turn'):
        folder = os.path.join(self.folder, name)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.old(w), folder)
        return folder

def preloads(tern, library):
    """Whether a preloaded library comes before the C library of the program."""
    env = dict(os.environ, LD_PRELOAD=os.path.realpath(library), FAULTS_PROBE='1')
    return os.path.exists(library) and subprocess.run([tern, '--version'], env=env, capture_output=True).returncode == 99

def spent(begun):
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return f'{time.time() - begun:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of them of a processor'

def files(folder):
    """Relative path -> bytes of all files below."""
    found = {}
    for path, _, names in os.walk(folder):
        for name in names:
            full = os.path.join(path, name)
            with open(full, 'rb') as f:
                found[os.path.relpath(full, folder)] = f.read()
    return found

def kind_of(w, path):
    return next((kind for pattern, kind in w.files.items() if re.fullmatch(pattern, path)), None)

def is_json(text):
    try:
        json.loads(text)
        return True
    except ValueError:
        return False

def records_of(path):
    """How many records and annotations a history holds; -1 when it is damaged."""
    db = sqlite3.connect(path)
    try:
        if db.execute('PRAGMA integrity_check').fetchone()[0] != 'ok':
            return -1
        tables = [t for t, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return sum(db.execute(f'SELECT count(*) FROM "{t}"').fetchone()[0] for t in tables)
    except sqlite3.Error:
        return -1
    finally:
        db.close()

def whole(kind, was, now, new, path, stock):
    """Why a file is not whole, or None. `was`: its old bytes; `new`: those of an untouched run; None: there is none."""
    if now is None:
        return None if was is None or kind in ('spare', 'any') else 'is gone'
    if kind in ('spare', 'any') or now == was or now == new:
        return None
    if kind == 'lines':
        if not now.startswith(was or b''):
            return 'lost old lines'
        return None if now.endswith(b'\n') and all(map(is_json, now.splitlines())) else 'has a torn line'
    if kind == 'wisdom':
        shown = stock.run(['wisdom', 'show', '--wisdom', path], os.path.dirname(path))
        kept = [line for line in (was or b'').splitlines()[1:] if line not in now.splitlines()]
        return 'is damaged' if shown.returncode or 'damaged' in shown.err else 'lost old lines' if kept else None
    if kind == 'history':
        old = os.path.join(stock.folder, 'was.db')
        with open(old, 'wb') as f:
            f.write(was or b'')
        return 'is damaged or smaller' if records_of(path) < records_of(old) else None
    if kind == 'json':
        return None if is_json(now) else 'is no whole JSON'
    if kind == 'gzip':
        return None if subprocess.run(['gzip', '-t'], input=now, capture_output=True).returncode == 0 else 'is torn'
    if kind == 'html':
        return None if now.rstrip().endswith(b'</html>') else 'is torn'
    if kind == 'xml':
        return None if now.rstrip().endswith(b'>') else 'is torn'
    return 'is neither old nor new'

def flaws(w, stock, folder, new):
    """What is wrong with the files after a run; `new`: files() of an untouched run."""
    was, now = files(stock.old(w)), files(folder)
    found = [f'{path}: left over' for path in sorted(set(now) - set(was) - set(new)) if kind_of(w, path) != 'spare' or
             re.search(r'\.(\w{6}|\d+\.\d+|unchecked)$', path)]
    for path in sorted(set(was) | set(now)):
        why = whole(kind_of(w, path) or 'same', was.get(path), now.get(path), new.get(path), os.path.join(folder, path), stock) \
            if path in new or path in was else None
        if why:
            found.append(f'{path}: {why}')
    return found
