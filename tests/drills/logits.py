#!/usr/bin/env python3
"""Compares two files of logits, f32 and little-endian. usage: logits.py REFERENCE GOT LIMIT (largest absolute difference)"""
import array, os, sys

def numbers(path):
    values = array.array('f')
    with open(path, 'rb') as f:
        values.fromfile(f, os.path.getsize(path) // values.itemsize)
    return values

reference, got, limit = numbers(sys.argv[1]), numbers(sys.argv[2]), float(sys.argv[3])
if len(reference) != len(got):
    sys.exit(f'{len(got)} logits instead of {len(reference)}')
worst = max(abs(a - b) for a, b in zip(reference, got))
print(f'{len(got)} logits, largest difference {worst:.2g}')
sys.exit(not worst <= limit)  # NaN is no agreement
