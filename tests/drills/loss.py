#!/usr/bin/env python3
"""The default tuner against an exhaustive one: all shapes of synth:2b-4t, decode and prefill of 128, 1 and 2 threads, in
60 s, five times. What each run chose is priced in fresh rounds against the best of an exhaustive run on the same machine, and
the geometric mean of the losses must be at most 2 % in every run; in at least 90 % of the problems all runs must name the same
winner, or one that ties with the first run's: the ranges of what they cost in the fresh processes overlap."""
import common, json, math, os, subprocess, sys, tempfile

def entries(path, a, env):
    out = subprocess.run([common.tern(a), 'wisdom', 'show', '--json', '--wisdom', path], capture_output=True, text=True,
                         env=env, check=True).stdout
    return {(e['m'], e['k'], e['n'], e['threads']): e for e in json.loads(out)['entries']}

def tune(a, env, path, strategy, budget, seed, tasks):
    subprocess.run([common.tern(a), 'tune', *tasks, '--strategy', strategy, '--budget', str(budget), '--wisdom', path,
                    '--records', path + '.records', '--seed', str(seed), '-q', '--again'], env=env, check=False,
                   stdout=subprocess.DEVNULL)
    return entries(path, a, env)

def tie(one, other):
    return one[0] <= other[1] and other[0] <= one[1]

def medians(table):
    """(variant, parameters) -> median of the recorded rounds."""
    out = {}
    for line in open(table):
        row = json.loads(line)
        if 'ns' in row:
            ns = sorted(v for v in row['ns'] if v)
            if ns:
                params = ' '.join(f'{k}={v}' for k, v in row['params'].items()) or '-'
                out[row['variant'], params] = ns[len(ns) // 2]
    return out

def paired(x, y):
    """Median over the rounds of the time of x over the time of y."""
    r = sorted(math.log(u / v) for u, v in zip(x, y) if u > 0 and v > 0)
    return math.exp(r[len(r) // 2]) if r else float('nan')

def field_of(a, p, field, seed):
    """Samples of each candidate, from a process of its own: where pages fall in memory moves a kernel by some percent."""
    m, k, n, t = p
    names = [v if w == '-' else f'{v}:{w}' for v, w in field]
    out = subprocess.run([os.path.join(a.build, 'tests', 'drills', 'drill-field'), f'{m}x{k}x{n}', str(t), 'wcold', str(a.fresh),
                          str(seed), *names], capture_output=True, text=True)
    if out.returncode:
        sys.exit(out.stderr.strip() or f'drill-field: status {out.returncode}')
    return dict(zip(field, (json.loads(line)['ns'] for line in out.stdout.splitlines())))

def losses_of(a, table, p, chosen):
    """What each choice costs against the best that the table knows. The least of a thousand medians is mostly luck, so the
    best eight and the choices meet again in fresh processes: the first half of those names the optimum, the other prices."""
    seen = medians(table)
    best = sorted(seen, key=seen.get)[:8]
    field = best + [c for c in dict.fromkeys(chosen) if c and c not in best]
    half = a.processes // 2
    shows = [field_of(a, p, field, a.seed + i) for i in range(2 * half)]
    ratio = lambda c, d, some: common.geometric_mean([paired(s[c], s[d]) for s in some])
    optimum = min(best, key=lambda c: ratio(c, best[0], shows[:half]))
    prices = [ratio(c, optimum, shows[half:]) if c else None for c in chosen]
    each = [sorted(paired(s[c], s[optimum]) for s in shows[half:]) if c else None for c in chosen]
    return optimum, prices, [(e[0], e[-1]) if e else None for e in each]

def main():
    a = common.arguments(__doc__, budget=dict(type=float, default=60), runs=dict(type=int, default=5),
                         rounds=dict(type=int, default=9), fresh=dict(type=int, default=25),
                         processes=dict(type=int, default=8),
                         keep=dict(help='folder for what was measured: a second start goes on from there'))
    tasks = ['--model', 'synth:2b-4t', '--threads', '1,2', '--batch', '1,128']
    if a.quick:
        tasks, a.budget, a.runs, a.rounds = ['--problem', '640x2560x1', '--problem', '640x640x16', '--threads', '1'], 10, 2, 5
    with tempfile.TemporaryDirectory() as scratch:
        folder = a.keep or scratch
        os.makedirs(folder, exist_ok=True)
        env = common.environment(scratch)
        runs = []
        for i in range(a.runs):
            path = os.path.join(folder, f'run{i}')
            if not os.path.exists(path + '.done'):
                tune(a, env, path, 'race', a.budget, a.seed + i, tasks)
                open(path + '.done', 'w').close()
            runs.append(entries(path, a, env))
        problems = sorted(set().union(*runs))
        asked = json.loads(subprocess.run([common.tern(a), 'tune', *tasks, '--dry-run', '--json'], env=env, check=True,
                                          capture_output=True, text=True).stdout)['problems']
        losses = [[] for _ in runs]
        agree = 0
        for p in problems:
            m, k, n, t = p
            table = os.path.join(folder, f'{m}x{k}x{n}t{t}.jsonl')
            if not os.path.exists(table):
                subprocess.run([common.tern(a), 'tune', '--problem', f'{m}x{k}x{n}', '--threads', str(t), '--record-table',
                                table + '.new', '--rounds', str(a.rounds), '--budget', '600', '-q', '--wisdom',
                                os.path.join(scratch, 'none')], env=env, check=True, stdout=subprocess.DEVNULL)
                os.rename(table + '.new', table)
            chosen = [(r[p]['variant'], r[p]['params']) if p in r else None for r in runs]
            optimum, ratios, ranges = losses_of(a, table, p, chosen)
            for i, ratio in enumerate(ratios):
                if ratio:
                    losses[i].append(ratio)
            shown = ' '.join(f'{100 * (r - 1):6.2f} %' if r else '   none ' for r in ratios)
            ok = all(chosen) and all(c == chosen[0] or tie(r, ranges[0]) for c, r in zip(chosen, ranges))
            agree += ok
            print(f"{m}x{k}x{n} t{t}: loss {shown}  {'same or overlapping' if ok else 'DIFFERENT'}; best {' '.join(optimum)}",
                  flush=True)
    means = [common.geometric_mean(x) - 1 for x in losses]
    whole = all(len(x) == len(asked) for x in losses)
    share = agree / len(asked)
    common.result('loss', None if a.quick else whole and max(means) <= 0.02 and share >= 0.9,
                  f"geometric mean loss per run {' '.join(f'{100 * m:.2f} %' for m in means)} (goal 2 %), "
                  f'{agree} of {len(asked)} problems agree (goal 90 %)')

main()
