#!/usr/bin/env python3
"""A planted slowdown of 3 %: found (the whole interval above 1) in at least 95 of 100 trials of at most 5 s each.
Needs a build with -Dbroken_variant=true, which registers the slow variant."""
import common

def main():
    a = common.arguments(__doc__, rounds=dict(type=int, default=301))
    names = common.runnable(a)
    pair = next((p for p in (('gemv_p64_i8_r64k4__avx2', 'gemv_p64_i8_r64k4_slow3__avx2'),
                             ('gemm_p64_i8_r1k1__scalar', 'gemm_p64_i8_r1k1_slow3__scalar')) if p[1] in names), None)
    if not pair:
        common.result('planted 3 %', False, 'this build has no slow3 variant: configure it with -Dbroken_variant=true')
    times = 8 if a.quick else 100
    # 100 panels of 64 rows: three of them computed twice are exactly 3 %. Hot, so that twice costs twice.
    rows = common.pairs(a, *pair, '6400x256x1', 'hot', times, a.rounds)
    found = sum(r['lo'] > 1 for r in rows)
    wrong = sum(r['hi'] < 1 for r in rows)
    longest = max(r['seconds'] for r in rows)
    ratios = sorted(r['ratio'] for r in rows)
    print(f'{pair[1]} over {pair[0]}: median ratio {ratios[len(ratios) // 2]:.4f}, {len(rows)} trials of {a.rounds} rounds, '
          f'longest {longest:.2f} s, {wrong} said the opposite')
    common.result('planted 3 %', None if a.quick else found >= 0.95 * len(rows) and longest <= 5 and not wrong,
                  f'found in {found} of {len(rows)} trials, longest {longest:.2f} s, goal 95 of 100 in 5 s')

main()
