#!/usr/bin/env python3
"""The default tuner against an exhaustive one: all shapes of synth:2b-4t, decode and prefill of 128, all processors, in
20 s, five times. What each run chose is priced in fresh rounds against the best of an exhaustive run on the same machine, and
the geometric mean of the losses must be at most 2 % in every run; in at least 90 % of the problems all runs must name the same
winner, or one that ties with the first run's: over fresh processes the range of their ratio meets the range that a thing
shows against itself."""
import common, json, math, os, subprocess, sys, tempfile

def entries(path, a, env):
    out = subprocess.run([common.tern(a), 'wisdom', 'show', '--json', '--wisdom', path], capture_output=True, text=True,
                         env=env, check=True).stdout
    return {(e['m'], e['k'], e['n'], e['threads']): e for e in json.loads(out)['entries'] if 'layout' not in e}

def tune(a, env, path, strategy, budget, seed, tasks):
    subprocess.run([common.tern(a), 'tune', *tasks, '--strategy', strategy, '--budget', str(budget), '--wisdom', path,
                    '--records', path + '.records', '--seed', str(seed), '-q', '--again'], env=env, check=False,
                   stdout=subprocess.DEVNULL)
    return entries(path, a, env)

def range_of(values):
    values = sorted(values)
    return values[0], values[-1]

def tie(one, other, shows, null):
    """A difference counts when it lies as a whole beyond what the same thing shows against itself."""
    lo, hi = range_of(paired(s[one], s[other]) for s in shows)
    return lo <= null[1] and null[0] <= hi

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

def field_of(a, p, field, seed, folder):
    """Samples of each candidate, and of the first one once more as None, from a process of its own; kept in the folder."""
    m, k, n, t = p
    kept = os.path.join(folder, f'{m}x{k}x{n}t{t}.field{seed}')
    if os.path.exists(kept):
        with open(kept) as f:
            return {key and tuple(key): ns for key, ns in json.load(f)}
    field = field + [None]
    names = [v if w == '-' else f'{v}:{w}' for v, w in (c or field[0] for c in field)]
    out = subprocess.run([os.path.join(a.build, 'tests', 'drills', 'drill-field'), f'{m}x{k}x{n}', str(t), 'wcold', str(a.fresh),
                          str(seed), *names], capture_output=True, text=True)
    if out.returncode:
        sys.exit(out.stderr.strip() or f'drill-field: status {out.returncode}')
    show = dict(zip(field, (json.loads(line)['ns'] for line in out.stdout.splitlines())))
    with open(kept + '.new', 'w') as f:
        json.dump(list(show.items()), f)
    os.rename(kept + '.new', kept)
    return show

def best_of(table, count=8):
    """The least of a thousand medians is mostly luck, so several of them are looked at again."""
    seen = medians(table)
    return sorted(seen, key=seen.get)[:count]

def losses_of(best, shows, chosen):
    """What each choice costs against the best that the table knows: the first half of the processes names the optimum, the
    other prices. The price of a choice is a geometric mean over processes."""
    half = len(shows) // 2
    ratio = lambda c, d, some: common.geometric_mean([paired(s[c], s[d]) for s in some])
    optimum = min(best, key=lambda c: ratio(c, best[0], shows[:half]))
    prices = [ratio(c, optimum, shows[half:]) if c else None for c in chosen]
    return optimum, prices

def main():
    a = common.arguments(__doc__, budget=dict(type=float, default=20), runs=dict(type=int, default=5),
                         rounds=dict(type=int, default=5), fresh=dict(type=int, default=15),
                         processes=dict(type=int, default=10),
                         keep=dict(help='folder for what was measured: a second start goes on from there'))
    tasks = ['--model', 'synth:2b-4t', '--batch', '1,128']
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
        chosen = {p: [(r[p]['variant'], r[p]['params']) if p in r else None for r in runs] for p in problems}
        best = {}
        for p in problems:
            m, k, n, t = p
            table = os.path.join(folder, f'{m}x{k}x{n}t{t}.jsonl')
            if not os.path.exists(table):
                subprocess.run([common.tern(a), 'tune', '--problem', f'{m}x{k}x{n}', '--threads', str(t), '--record-table',
                                table + '.new', '--rounds', str(a.rounds), '--budget', '600', '-q', '--wisdom',
                                os.path.join(scratch, 'none')], env=env, check=True, stdout=subprocess.DEVNULL)
                os.rename(table + '.new', table)
            best[p] = best_of(table)
        # A host that shares its cores and its memory changes within seconds and stays changed for minutes: the processes of
        # one problem are spread over the whole time.
        shows = {p: [] for p in problems}
        for i in range(a.processes // 2 * 2):
            for p in problems:
                field = best[p] + [c for c in dict.fromkeys(chosen[p]) if c and c not in best[p]]
                shows[p].append(field_of(a, p, field, a.seed + i, folder))
        losses = [[] for _ in runs]
        agree = 0
        for p in problems:
            m, k, n, t = p
            optimum, ratios = losses_of(best[p], shows[p], chosen[p])
            null = range_of(paired(s[None], s[best[p][0]]) for s in shows[p])
            for i, ratio in enumerate(ratios):
                if ratio:
                    losses[i].append(ratio)
            shown = ' '.join(f'{100 * (r - 1):6.2f} %' if r else '   none ' for r in ratios)
            first = chosen[p][0]
            ok = all(chosen[p]) and all(c == first or tie(c, first, shows[p], null) for c in chosen[p])
            agree += ok
            print(f"{m}x{k}x{n} t{t}: loss {shown}  {'same or tie' if ok else 'DIFFERENT'} (itself {null[0]:.3f} to {null[1]:.3f}); best {' '.join(optimum)}",
                  flush=True)
    means = [common.geometric_mean(x) - 1 for x in losses]
    whole = all(len(x) == len(asked) for x in losses)
    share = agree / len(asked)
    common.result('loss', None if a.quick else whole and max(means) <= 0.02 and share >= 0.9,
                  f"geometric mean loss per run {' '.join(f'{100 * m:.2f} %' for m in means)} (goal 2 %), "
                  f'{agree} of {len(asked)} problems agree (goal 90 %)')

main()
