#!/usr/bin/env python3
"""Every variant's speed on this machine as Markdown, from the JSON of `tern bench`:

    tern bench --filter '_i8_' --problem 640x2560x1 --regime hot ... --benchmark_format=json >hot.json
    docs/measured.py hot.json cold.json gemm.json >docs/measured.md

Each file is one column (docs/measured.sh makes the three). A cell is the median of the repetitions and half the range
between the fastest and the slowest one.
"""
import json
import statistics
import sys


def read(path):
    with open(path) as f:
        data = json.load(f)
    rows = {}
    for b in data["benchmarks"]:
        if b["run_type"] != "iteration" or "error_occurred" in b:
            continue
        variant, shape, threads, regime = b["name"].split("/")[:4]
        rows.setdefault(variant, []).append(b["macs_per_second"] / 1e9)
        place = f"{shape}, {regime}, {threads[2:]} thread"
    return place, rows, data["context"]


def cell(values):
    return f"{statistics.median(values):.1f} ± {(max(values) - min(values)) / 2:.1f}" if values else ""


def main(paths):
    columns = [read(p) for p in paths]
    context = columns[0][2]
    repetitions = min(len(v) for _, rows, _ in columns for v in rows.values())
    names = sorted({n for _, rows, _ in columns for n in rows},
                   key=lambda n: max(statistics.median(rows[n]) for _, rows, _ in columns if n in rows), reverse=True)
    print("# Measured\n")
    print("GMAC/s of every variant with its default parameters: median of "
          f"{repetitions} repetitions ± half their range, by `docs/measured.sh` on")
    print(f"{context['date'][:10]}, machine {context['machine']} ({context['num_cpus']} processors, {context['isa'].split()[-1]}), "
          "a shared virtual machine: differences below a tenth mean nothing here, and the tuner")
    print("exists because the order differs elsewhere.\n")
    print("| variant | " + " | ".join(place for place, _, _ in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for n in names:
        print(f"| `{n}` | " + " | ".join(cell(rows.get(n, [])) for _, rows, _ in columns) + " |")


main(sys.argv[1:])
