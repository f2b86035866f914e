#!/usr/bin/env python3
"""Byte-level BPE: learns a vocabulary from a text, encodes and decodes with it.

    bpe.py learn CORPUS.txt VOCAB.json --size 1024
    bpe.py encode VOCAB.json|MODEL.gguf FILE.txt     ids with spaces between, as `tern tokenize --special` prints them

Words are cut by the rule that GGUF files call "gpt-2". Ids: 0 is the mark between stories, 1 to 256 the bytes, then
one token per merge in the order in which they were learnt.
"""

import argparse
import collections
import json
import re
import sys
import unicodedata

MARK = "<|endoftext|>"
SHORT = ("s", "t", "re", "ve", "m", "ll", "d")


def byte_alphabet():
    """The printable character that stands for each byte in files: GPT-2's convention."""
    plain = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or 174 <= b <= 255]
    shown = {b: chr(b) for b in plain}
    for b in range(256):
        if b not in shown:
            shown[b] = chr(256 + len(shown) - len(plain))
    return shown


def _kind(c):
    if c.isspace() and not "\x1c" <= c <= "\x1f":
        return "s"
    category = unicodedata.category(c)[0]
    return category if category in "LN" else "o"


def words(text):
    """'s|'t|'re|'ve|'m|'ll|'d| ?letters| ?digits| ?others|spaces but the last|spaces"""
    at, end = 0, len(text)
    while at < end:
        short = next((s for s in SHORT if text[at] == "'" and text.startswith(s, at + 1)), None)
        if short:
            stop = at + 1 + len(short)
        else:
            stop = at + 1 if text[at] == " " and at + 1 < end and _kind(text[at + 1]) != "s" else at
            kind = _kind(text[stop])
            while stop < end and _kind(text[stop]) == kind:
                stop += 1
            if kind == "s" and stop < end and stop - at > 1:
                stop -= 1
        yield text[at:stop]
        at = stop


class Vocabulary:
    def __init__(self, merges):
        self.merges = [tuple(bytes(part) for part in m) for m in merges]
        self.tokens = [MARK.encode()] + [bytes([b]) for b in range(256)] + [a + b for a, b in self.merges]
        self.id = {t: i for i, t in enumerate(self.tokens) if i}
        self.rank = {(self.id[a], self.id[b]): i for i, (a, b) in enumerate(self.merges)}
        self.cache = {}

    def __len__(self):
        return len(self.tokens)

    def _word(self, word):
        ids = [1 + b for b in word.encode()]
        while len(ids) > 1:
            best = min(range(len(ids) - 1), key=lambda i: (self.rank.get((ids[i], ids[i + 1]), 1 << 30), i))
            rank = self.rank.get((ids[best], ids[best + 1]))
            if rank is None:
                break
            ids[best:best + 2] = [257 + rank]
        return ids

    def encode(self, text):
        """Ids of a text; each mark in it is one token."""
        ids = []
        for i, piece in enumerate(text.split(MARK)):
            if i:
                ids.append(0)
            for w in words(piece):
                if w not in self.cache:
                    self.cache[w] = self._word(w)
                ids.extend(self.cache[w])
        return ids

    def decode(self, ids):
        return b"".join(self.tokens[i] for i in ids).decode(errors="replace")

    def save(self, path):
        with open(path, "w") as f:
            json.dump([[list(a), list(b)] for a, b in self.merges], f)

    @staticmethod
    def load(path):
        if path.endswith(".gguf"):
            return Vocabulary(merges_of_gguf(path))
        with open(path) as f:
            return Vocabulary([(bytes(a), bytes(b)) for a, b in json.load(f)])


def merges_of_gguf(path):
    """The merges in the metadata of a model file."""
    back = {c: b for b, c in byte_alphabet().items()}
    sizes = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
    with open(path, "rb") as f:
        number = lambda size: int.from_bytes(f.read(size), "little")
        text = lambda: f.read(number(8)).decode()
        value = lambda kind: text() if kind == 8 else f.read(sizes[kind])
        if f.read(4) != b"GGUF":
            sys.exit(f"{path}: not a GGUF file")
        number(4), number(8)
        for _ in range(number(8)):
            name, kind = text(), number(4)
            if kind == 9:
                kind, count = number(4), number(8)
                items = [value(kind) for _ in range(count)]
            else:
                items = value(kind)
            if name == "tokenizer.ggml.merges":
                return [tuple(bytes(back[c] for c in part) for part in m.split(" ")) for m in items]
    sys.exit(f"{path}: holds no merges")


def learn(text, size):
    """Merges the most frequent pair of neighbours again and again; ties go to the pair that sorts first."""
    counts = collections.Counter(w for piece in text.split(MARK) for w in words(piece))
    parts = {w: [bytes([b]) for b in w.encode()] for w in counts}
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for w, p in parts.items():
        for pair in zip(p, p[1:]):
            pairs[pair] += counts[w]
            where[pair].add(w)
    merges, known = [], set()
    while len(merges) < size - 257:
        best = max(pairs, key=lambda q: (pairs[q], [-b for b in q[0] + b" " + q[1]]))
        if pairs[best] < 2:
            sys.exit(f"only {len(merges)} merges: the text is too small")
        joined = best[0] + best[1]
        if joined not in known:
            merges.append(best)
            known.add(joined)
        for w in list(where[best]):
            p = parts[w]
            for pair in zip(p, p[1:]):
                pairs[pair] -= counts[w]
                where[pair].discard(w)
            new, i = [], 0
            while i < len(p):
                if i + 1 < len(p) and (p[i], p[i + 1]) == best:
                    new.append(joined)
                    i += 2
                else:
                    new.append(p[i])
                    i += 1
            parts[w] = new
            for pair in zip(new, new[1:]):
                pairs[pair] += counts[w]
                where[pair].add(w)
        pairs.pop(best, None)
    return Vocabulary(merges)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(dest="do", required=True)
    a = sub.add_parser("learn")
    a.add_argument("corpus")
    a.add_argument("vocab")
    a.add_argument("--size", type=int, default=1024)
    a = sub.add_parser("encode")
    a.add_argument("vocab")
    a.add_argument("file")
    o = p.parse_args()
    if o.do == "learn":
        with open(o.corpus, encoding="utf-8") as f:
            text = f.read()
        v = learn(text, o.size)
        v.save(o.vocab)
        sample = text[:1000000]
        print(f"{o.vocab}: {len(v)} tokens, {len(sample.encode()) / len(v.encode(sample)):.3f} bytes per token", file=sys.stderr)
    else:
        with open(o.file, encoding="utf-8", newline="") as f:
            print(*Vocabulary.load(o.vocab).encode(f.read()))


if __name__ == "__main__":
    main()
