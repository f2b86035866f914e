#!/usr/bin/env python3
"""What the training framework itself computes from a checkpoint: perplexity, and logits to compare with the engine's.

    evaluate.py CHECKPOINT --vocab vocab.json --text held-out.txt [--context 256] [--stride 128] [--tokens N]
    evaluate.py CHECKPOINT --vocab vocab.json --prompt TEXT --compare LOGITS.f32     from `tern run --logits`
"""

import argparse
import json
import math

import numpy
import torch

import bpe
import model


def load(path):
    saved = torch.load(path)
    network = model.Network(saved["config"], saved["full"])
    network.load_state_dict(saved["network"])
    return network.eval()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("checkpoint")
    p.add_argument("--vocab", required=True)
    p.add_argument("--text")
    p.add_argument("--context", type=int, default=256)
    p.add_argument("--stride", type=int, default=128)
    p.add_argument("--tokens", type=int, default=0)
    p.add_argument("--json", help="keeps the result in this file")
    p.add_argument("--prompt")
    p.add_argument("--compare")
    o = p.parse_args()
    torch.set_num_threads(2)
    network, vocabulary = load(o.checkpoint), bpe.Vocabulary.load(o.vocab)
    if o.text:
        with open(o.text, encoding="utf-8") as f:
            ids = torch.tensor(vocabulary.encode(f.read()))
        loss = model.nll(network, ids[:o.tokens] if o.tokens else ids, o.context, o.stride)
        if o.json:
            with open(o.json, "w") as f:
                json.dump({"perplexity": round(math.exp(loss.mean()), 6), "tokens_read": len(loss) + 1, "context": o.context,
                           "stride": o.stride}, f, indent=2)
                f.write("\n")
        print(f"perplexity {math.exp(loss.mean()):.4f}, n = {len(loss)} tokens, context {o.context}, stride {o.stride}")
    if o.compare:
        ids = torch.tensor([0] + vocabulary.encode(o.prompt))
        with torch.no_grad():
            mine = network(ids[None])[0].numpy()
        theirs = numpy.fromfile(o.compare, "<f4").reshape(mine.shape)
        print(f"logits: {mine.shape[0]} positions, greatest difference {abs(mine - theirs).max():.2e} "
              f"(logits from {mine.min():.1f} to {mine.max():.1f}), same likeliest token at "
              f"{(mine.argmax(1) == theirs.argmax(1)).sum()} positions")


if __name__ == "__main__":
    main()
