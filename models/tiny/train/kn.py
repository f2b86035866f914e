#!/usr/bin/env python3
"""Kneser-Ney 5-gram model of the training tokens, as a baseline: perplexity of a text.

    kn.py --corpus train.txt --vocab vocab.json held-out.txt

Interpolated, with three discounts per order (Chen and Goodman, "An empirical study of smoothing techniques for language
modeling", 1999). The text is one row of tokens; every token but the first is predicted from up to four before it.
"""

import argparse

import numpy

import bpe
import train

BITS = 10  # of a token in a packed n-gram; five fit into 64


def grams(ids, n):
    """Every run of n tokens as one number, the first token in the highest bits."""
    out = numpy.zeros(len(ids) - n + 1, numpy.uint64)
    for i in range(n):
        out = out << numpy.uint64(BITS) | ids[i:len(ids) - n + 1 + i]
    return out


class Order:
    """Counts of one order: of n-grams, and of what follows each history of n - 1 tokens."""

    def __init__(self, keys, counts):
        self.keys, self.counts = keys, counts
        ones = [int((counts == k).sum()) for k in (1, 2, 3, 4)]
        y = ones[0] / (ones[0] + 2 * ones[1])
        self.discount = numpy.array([0.0] + [k - (k + 1) * y * ones[k] / ones[k - 1] for k in (1, 2, 3)])
        history = keys >> numpy.uint64(BITS)
        self.history, first = numpy.unique(history, return_index=True)
        self.total = numpy.add.reduceat(counts, first)
        self.left = numpy.add.reduceat(self.discount[numpy.minimum(counts, 3)], first)

    def blend(self, asked, below):
        """Probability of each asked n-gram, given that of the order below."""
        h = asked >> numpy.uint64(BITS)
        at = numpy.minimum(numpy.searchsorted(self.history, h), len(self.history) - 1)
        known = self.history[at] == h
        i = numpy.minimum(numpy.searchsorted(self.keys, asked), len(self.keys) - 1)
        count = numpy.where(self.keys[i] == asked, self.counts[i], 0)
        own = numpy.maximum(count - self.discount[numpy.minimum(count, 3)], 0)
        return numpy.where(known, (own + self.left[at] * below) / self.total[at], below)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("text")
    p.add_argument("--corpus", required=True)
    p.add_argument("--vocab", required=True)
    p.add_argument("--order", type=int, default=5)
    o = p.parse_args()
    vocabulary = bpe.Vocabulary.load(o.vocab)
    assert len(vocabulary) <= 1 << BITS and o.order <= 64 // BITS
    ids = train.tokens_of(o.corpus, o.vocab).astype(numpy.uint64)
    with open(o.text, encoding="utf-8") as f:
        text = numpy.array(vocabulary.encode(f.read()), numpy.uint64)
    orders, keys, counts = [], *numpy.unique(grams(ids, o.order), return_counts=True)
    for n in range(o.order, 0, -1):
        orders.insert(0, Order(keys, counts))
        if n > 1:  # below the highest order a token counts once for each different token before it
            keys, counts = numpy.unique(keys & numpy.uint64((1 << BITS * (n - 1)) - 1), return_counts=True)
    chance = numpy.full(len(text), 1.0 / len(vocabulary))
    for n in range(1, o.order + 1):
        chance[n - 1:] = orders[n - 1].blend(grams(text, n), chance[n - 1:])
    loss = -numpy.log(chance[1:])
    print(f"{o.order}-gram: perplexity {numpy.exp(loss.mean()):.4f}, n = {len(loss)} tokens, trained on {len(ids)} tokens, "
          f"{len(orders[-1].keys)} different {o.order}-grams")


if __name__ == "__main__":
    main()
