#!/usr/bin/env python3
"""tern beside other programs, on the same files and by turns. What those programs print is read by tern's own import of
llama-bench output, so any program that prints it can take part.

TERN_RIVALS names a text file. Each line that is neither empty nor begins with # is one rival:

    NAME | MODEL | COMMAND

MODEL is what tern runs (a GGUF file, or synth:NAME of the same shape). COMMAND prints the JSON of llama-bench for one
repetition; in it {prompt}, {generate} and {threads} stand for the numbers of this run. Nothing of other programs is part of
this repository, and nothing here builds them. Without TERN_RIVALS the drill is skipped, and says so.

--results FILE... (llama-bench JSON or CSV of any machine) are imported too and listed, but never judged: another machine and
another hour are no comparison."""
import common, json, os, shlex, statistics, subprocess, sys, tempfile

def rivals_of(path):
    out = []
    with open(path) as f:
        for number, line in enumerate(f, 1):
            line = line.strip()
            if not line or line.startswith('#'):
                continue
            parts = [p.strip() for p in line.split('|', 2)]
            if len(parts) != 3 or not all(parts):
                sys.exit(f'rivals: {path}: line {number}: not NAME | MODEL | COMMAND')
            out.append(tuple(parts))
    return out

def imported(a, env, folder, files):
    """What the import makes of result files: op, n and threads -> samples in tokens per second."""
    db, out = os.path.join(folder, 'h.db'), os.path.join(folder, 'h.jsonl')
    for path in (db, out):
        if os.path.exists(path):
            os.remove(path)
    read = subprocess.run([common.tern(a), 'history', 'import', '--format', 'llama-bench', '--db', db, '-q', *files], env=env,
                          capture_output=True, text=True)
    if read.returncode:
        sys.exit(f'rivals: not the JSON of llama-bench: {read.stderr.strip()}')
    subprocess.run([common.tern(a), 'history', 'export', '--db', db, '-o', out], env=env, check=True, stdout=subprocess.DEVNULL)
    with open(out) as f:
        return [r for r in map(json.loads, f) if r.get('source') == 'llama-bench']

def speed_of(record):
    return record['est']['median']

def rival_once(a, env, folder, command):
    """One run of a rival: (op, n) -> tokens per second."""
    words = [w.format(prompt=a.prompt, generate=a.generate, threads=a.threads) for w in shlex.split(command)]
    run = subprocess.run(words, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f'rivals: {words[0]}: status {run.returncode}: {run.stderr.strip()[-200:]}')
    path = os.path.join(folder, 'rival.json')
    with open(path, 'w') as f:
        f.write(run.stdout)
    return {(r['op'], r['shape']['n']): speed_of(r) for r in imported(a, env, folder, [path])}

def tern_once(a, env, model):
    run = subprocess.run([common.tern(a), 'e2e', '-m', model, '-p', str(a.prompt), '-n', str(a.generate), '-t', str(a.threads),
                          '-r', '1', '-o', 'json', '--head', a.head], env=dict(os.environ), capture_output=True, text=True)
    if run.returncode:
        sys.exit(f'rivals: tern e2e: {run.stderr.strip()}')
    return {(row['op'], row['tokens']): row['median'] for row in json.loads(run.stdout)}

def compare(a, env, folder, name, model, command):
    """Ratios tern over rival of each test, round by round; the two change places from round to round."""
    ratios, speeds = {}, {}
    for i in range(a.rounds + 1):
        if i % 2:
            theirs = rival_once(a, env, folder, command)
            ours = tern_once(a, env, model)
        else:
            ours = tern_once(a, env, model)
            theirs = rival_once(a, env, folder, command)
        for test in ours.keys() & theirs.keys():
            if i:  # the first round warms up
                ratios.setdefault(test, []).append(ours[test] / theirs[test])
                speeds.setdefault(test, []).append((ours[test], theirs[test]))
    for (op, n), r in sorted(ratios.items()):
        mine, its = (statistics.median(s) for s in zip(*speeds[op, n]))
        print(f'{name}: {op} {n}: tern {mine:.1f} tok/s, it {its:.1f}; tern over it {statistics.median(r):.3f} '
              f'[{min(r):.3f}, {max(r):.3f}] n={len(r)}', flush=True)
    return ratios

def list_results(a, env, folder):
    for r in imported(a, env, folder, a.results):
        print(f"listed: {r.get('variant')}: {r.get('op')} {r['shape']['n']}, {r.get('threads')} threads: {speed_of(r):.1f} tok/s "
              f"on {r.get('machine') or 'a machine that is not named'}", flush=True)

def main():
    a = common.arguments(__doc__, rounds=dict(type=int, default=6), prompt=dict(type=int, default=128),
                         generate=dict(type=int, default=32), threads=dict(type=int, default=len(os.sched_getaffinity(0))),
                         head=dict(default='q6_k'), results=dict(nargs='+', default=[], help='files to list'))
    if a.quick:
        a.rounds = 1
    path = os.environ.get('TERN_RIVALS')
    with tempfile.TemporaryDirectory() as folder:
        env = common.environment(folder)
        if a.results:
            list_results(a, env, folder)
        if not path:
            print('rivals: SKIPPED: TERN_RIVALS names no file of programs to compare with', flush=True)
            sys.exit(0)
        slower, tests = [], 0
        for name, model, command in rivals_of(path):
            ratios = compare(a, env, folder, name, model, command)
            if not ratios:
                sys.exit(f'rivals: {name}: it printed no test that tern ran too')
            tests += len(ratios)
            # Of seven rounds the range is an interval; a rival is faster when all of it lies below 1.
            slower += [f'{name} {op} {n}' for (op, n), r in ratios.items() if max(r) < 1]
    common.result('rivals', None if a.quick else not slower,
                  f'{tests} tests, tern is slower in {len(slower)}' + (': ' + ', '.join(slower) if slower else ''))

main()
