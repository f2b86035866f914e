#!/usr/bin/env python3
"""Writes the story corpus, or states how much of a text repeats itself word for word.

    corpus.py write OUT.txt --megabytes 22 --seed 1 --names train
    corpus.py write OUT.txt --kilobytes 220 --seed 2 --names held-out
    corpus.py rate FILE.txt [--against OTHER.txt]

One story per record, each beginning with "<|endoftext|>". No story is written twice, and a story is thrown away when
more than `--most` of its windows of 12 words stand in an earlier story; so the rate that `rate` prints stays below it.
"""

import argparse
import random
import re
import sys

import stories
import words
from grammar import Writer, polish

MARK = "<|endoftext|>"
WINDOW = 12


def story(rng, names):
    cast = stories.Cast(rng, names)
    plot = rng.choice(stories.PLOTS)
    paragraphs = plot(cast)
    writer = Writer(rng, stories.RULES, cast.slots)
    return "\n".join(" ".join(polish(writer.expand(t)) for t in p) for p in paragraphs) + "\n"


def windows(text, size):
    w = text.split()
    return [hash(tuple(w[i:i + size])) for i in range(len(w) - size + 1)]


def write(path, size, seed, names, most):
    rng, seen, count, refused, total = random.Random(seed), set(), 0, 0, 0
    with open(path, "w", encoding="utf-8") as out:
        while total < size:
            text = story(rng, names)
            own = windows(text, WINDOW)
            if sum(w in seen for w in own) > most * len(own):
                refused += 1
                continue
            seen.update(own)
            total += out.write(MARK + text)
            count += 1
    print(f"{path}: {count} stories, {total} bytes, {refused} refused (limit {most:.0%} of {WINDOW}-word windows)", file=sys.stderr)


def rate(path, against):
    """Shares of word windows, sentences and stories that stand earlier in the text (or anywhere in the other)."""
    with open(path, encoding="utf-8") as f:
        records = f.read().split(MARK)[1:]
    other = []
    if against:
        with open(against, encoding="utf-8") as f:
            other = f.read().split(MARK)[1:]
    print(f"{path}: {len(records)} stories, {sum(len(r.split()) for r in records)} words, {sum(map(len, records))} bytes")
    for name, units in (("8-word windows", lambda r: windows(r, 8)), ("12-word windows", lambda r: windows(r, 12)),
                        ("16-word windows", lambda r: windows(r, 16)), ("24-word windows", lambda r: windows(r, 24)),
                        ("sentences", lambda r: re.split(r'(?<=[.!?])\s|(?<=[.!?]")\s', r.strip())), ("stories", lambda r: [r])):
        seen = set(u for r in other for u in units(r))
        hit = n = 0
        for r in records:
            own = units(r)
            n += len(own)
            hit += sum(u in seen for u in own)
            if not against:
                seen.update(own)
        print(f"{name + ':':17s} {hit} of {n} seen before ({100 * hit / n:.2f} %)")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(dest="do", required=True)
    w = sub.add_parser("write")
    w.add_argument("out")
    w.add_argument("--megabytes", type=float, default=0)
    w.add_argument("--kilobytes", type=float, default=0)
    w.add_argument("--seed", type=int, default=1)
    w.add_argument("--names", choices=sorted(words.NAMES), default="train")
    w.add_argument("--most", type=float, default=0.5)
    r = sub.add_parser("rate")
    r.add_argument("file")
    r.add_argument("--against")
    a = p.parse_args()
    if a.do == "rate":
        return rate(a.file, a.against)
    write(a.out, a.megabytes * 1e6 + a.kilobytes * 1e3, a.seed, words.NAMES[a.names], a.most)


if __name__ == "__main__":
    main()
