#!/usr/bin/env python3
"""A/A: a variant against itself. The 95 % interval of the ratio may exclude 1 in at most 5 % of the comparisons, with nothing
else running and with a busy neighbour on another processor. Four times 200 comparisons each: one set of 200 of an interval
that errs in 3.5 % would exceed 5 % by chance once in twelve."""
import common, os, subprocess, sys

def main():
    a = common.arguments(__doc__, shape=dict(default='1280x1280x1'), regime=dict(default='wcold'),
                         rounds=dict(type=int, default=31))
    names = common.runnable(a)
    variant = next(n for n in ('gemv_p64_i8_r64k4__avx512vnni', 'gemv_p64_i8_r64k4__avx2', 'gemm_p64_i8_r1k1__scalar')
                   if n in names)
    times = 12 if a.quick else 800
    print(f'{variant} against itself, {a.shape} {a.regime}, {times} comparisons of {a.rounds} rounds, seed {a.seed}')
    shares = []
    for busy in (False, True):
        neighbour = subprocess.Popen([sys.executable, '-c', 'while True: sum(range(100000))']) if busy else None
        try:
            rows = common.pairs(a, variant, variant, a.shape, a.regime, times, a.rounds)
        finally:
            if neighbour:
                neighbour.kill()
                neighbour.wait()
        wrong = [not r['lo'] <= 1 <= r['hi'] for r in rows]
        false = sum(wrong)
        sets = ' '.join(f'{sum(wrong[i:i + 200])}' for i in range(0, len(wrong), 200))
        widths = sorted(r['hi'] / r['lo'] - 1 for r in rows)
        shares.append(false / len(rows))
        print(f"{'busy neighbour' if busy else 'alone':15} {false} of {len(rows)} exclude 1 ({100 * false / len(rows):.1f} %), "
              f'median width of the interval {100 * widths[len(widths) // 2]:.2f} %')
    common.result('A/A', None if a.quick else max(shares) <= 0.05,
                  f'{100 * shares[0]:.1f} % alone, {100 * shares[1]:.1f} % with a busy neighbour exclude 1, goal 5 %')

main()
