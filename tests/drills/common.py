"""What the drills share: running programs, and the one result line each of them ends with."""
import argparse, json, math, os, subprocess, sys

def arguments(text, **more):
    p = argparse.ArgumentParser(description=text)
    p.add_argument('build', help='build folder')
    p.add_argument('--quick', action='store_true', help='a size that takes seconds and proves little')
    p.add_argument('--seed', type=int, default=1)
    for name, options in more.items():
        p.add_argument('--' + name.replace('_', '-'), **options)
    return p.parse_args()

def tern(a):
    return os.path.join(a.build, 'cli', 'tern')

def pairs(a, one, two, shape, regime, times, rounds):
    """The comparisons of drill-pair, as a list."""
    run = subprocess.run([os.path.join(a.build, 'tests', 'drills', 'drill-pair'), one, two, shape, regime, str(times),
                          str(rounds), str(a.seed)], capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stderr.strip() or f'drill-pair: status {run.returncode}')
    return [json.loads(line) for line in run.stdout.splitlines()]

def runnable(a):
    """Names of variants that run here."""
    out = subprocess.run([tern(a), 'list', '--json'], capture_output=True, text=True, check=True).stdout
    data = json.loads(out)
    rows = data if isinstance(data, list) else data.get('variants', [])
    return {v['name']: v for v in rows if v.get('runs_here', v.get('usable', True))}

def environment(folder):
    """No file of the user is read or written."""
    env = dict(os.environ, HOME=folder, XDG_STATE_HOME=folder, XDG_CONFIG_HOME=folder, XDG_CACHE_HOME=folder)
    env.pop('TERN_WISDOM', None)
    return env

def geometric_mean(x):
    return math.exp(sum(math.log(v) for v in x) / len(x)) if x else float('nan')

def result(name, ok, text):
    """The last line. `ok` None: the quick size, which decides nothing."""
    word = 'RAN (quick size)' if ok is None else 'PASSED' if ok else 'FAILED'
    print(f'{name}: {word}: {text}', flush=True)
    sys.exit(0 if ok is not False else 1)
