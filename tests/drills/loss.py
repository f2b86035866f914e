#!/usr/bin/env python3
"""The default tuner against an exhaustive one: all shapes of synth:2b-4t, decode and prefill of 128, 1 and 2 threads, in
60 s, five times. What each run chose is priced with the medians of the exhaustive run of the same machine, and the
geometric mean of the losses must be at most 2 % in every run; in at least 90 % of the problems all runs must name the same
winner, or winners whose intervals overlap."""
import common, json, os, subprocess, sys, tempfile

def entries(path, a, env):
    out = subprocess.run([common.tern(a), 'wisdom', 'show', '--json', '--wisdom', path], capture_output=True, text=True,
                         env=env, check=True).stdout
    return {(e['m'], e['k'], e['n'], e['threads']): e for e in json.loads(out)['entries']}

def tune(a, env, path, strategy, budget, seed, tasks):
    subprocess.run([common.tern(a), 'tune', *tasks, '--strategy', strategy, '--budget', str(budget), '--wisdom', path,
                    '--records', path + '.records', '--seed', str(seed), '-q', '--again'], env=env, check=False,
                   stdout=subprocess.DEVNULL)
    return entries(path, a, env)

def overlap(x, y):
    a, b = x.get('ci95_ns'), y.get('ci95_ns')
    return bool(a and b and a[0] <= b[1] and b[0] <= a[1])

def same(x, y):
    return (x['variant'], x['params']) == (y['variant'], y['params']) or overlap(x, y)

def price(table, e):
    """Median of the recorded rounds of what an entry chose, over the least of all medians."""
    medians = {}
    for line in open(table):
        row = json.loads(line)
        if 'ns' in row:
            ns = sorted(v for v in row['ns'] if v)
            if ns:
                params = ' '.join(f'{k}={v}' for k, v in row['params'].items()) or '-'
                medians[row['variant'], params] = ns[len(ns) // 2]
    mine = medians.get((e['variant'], e['params']))
    return mine / min(medians.values()) if mine else None

def main():
    a = common.arguments(__doc__, budget=dict(type=float, default=60), runs=dict(type=int, default=5),
                         rounds=dict(type=int, default=9))
    tasks = ['--model', 'synth:2b-4t', '--threads', '1,2', '--batch', '1,128']
    if a.quick:
        tasks, a.budget, a.runs, a.rounds = ['--problem', '640x2560x1', '--problem', '640x640x16', '--threads', '1'], 10, 2, 5
    with tempfile.TemporaryDirectory() as folder:
        env = common.environment(folder)
        runs = [tune(a, env, os.path.join(folder, f'run{i}'), 'race', a.budget, a.seed + i, tasks) for i in range(a.runs)]
        problems = sorted(set().union(*runs))
        asked = json.loads(subprocess.run([common.tern(a), 'tune', *tasks, '--dry-run', '--json'], env=env, check=True,
                                          capture_output=True, text=True).stdout)['problems']
        losses = [[] for _ in runs]
        agree = 0
        for p in problems:
            m, k, n, t = p
            table = os.path.join(folder, f'{m}x{k}x{n}t{t}.jsonl')
            subprocess.run([common.tern(a), 'tune', '--problem', f'{m}x{k}x{n}', '--threads', str(t), '--record-table', table,
                            '--rounds', str(a.rounds), '--budget', '600', '-q', '--wisdom', os.path.join(folder, 'none')],
                           env=env, check=True, stdout=subprocess.DEVNULL)
            shown = []
            for i, run in enumerate(runs):
                ratio = price(table, run[p]) if p in run else None
                if ratio:
                    losses[i].append(ratio)
                shown.append(f'{100 * (ratio - 1):6.2f} %' if ratio else '   none ')
            ok = all(p in r for r in runs) and all(same(runs[0][p], r[p]) for r in runs[1:])
            agree += ok
            print(f"{m}x{k}x{n} t{t}: loss {' '.join(shown)}  {'same or overlapping' if ok else 'DIFFERENT'}", flush=True)
            os.remove(table)
    means = [common.geometric_mean(x) - 1 for x in losses]
    whole = all(len(x) == len(asked) for x in losses)
    share = agree / len(asked)
    common.result('loss', None if a.quick else whole and max(means) <= 0.02 and share >= 0.9,
                  f"geometric mean loss per run {' '.join(f'{100 * m:.2f} %' for m in means)} (goal 2 %), "
                  f'{agree} of {len(asked)} problems agree (goal 90 %)')

main()
