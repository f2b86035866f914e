#!/usr/bin/env python3
"""Trains the network on the corpus; continues where a checkpoint stands.

    train.py DIR --corpus train.txt --vocab vocab.json [--full-precision]

DIR gets checkpoint.pt (replaced every --save steps) and loss.csv. Every step draws its windows from the seed and its
own number, so a run that was interrupted gives the same model as one that was not (same machine, same threads).
"""

import argparse
import os
import time

import numpy
import torch
import torch.nn.functional as F

import bpe
import model


def tokens_of(corpus, vocab):
    cache = f"{corpus}.ids.npy"
    if not os.path.exists(cache):
        with open(corpus, encoding="utf-8") as f:
            numpy.save(cache, numpy.array(bpe.Vocabulary.load(vocab).encode(f.read()), numpy.uint16))
    return numpy.load(cache)


def batch(ids, begins, seed, step, size, context):
    """Three windows of four begin with a story, one anywhere."""
    rng = numpy.random.default_rng([seed, step])
    at = numpy.where(rng.random(size) < 0.75, begins[rng.integers(len(begins), size=size)],
                     rng.integers(len(ids) - context - 1, size=size))
    rows = torch.from_numpy(ids[at[:, None] + numpy.arange(context + 1)].astype(numpy.int64))
    return rows[:, :-1], rows[:, 1:]


def schedule(step, steps, peak):
    """Two stages, as BitNet b1.58 trains: a high rate with weight decay, then a falling one without."""
    warm, left = min(1.0, (step + 1) / 100), (steps - step) / (0.4 * steps)
    return (peak * max(0.01, left), 0.0) if left < 1 else (warm * peak, 0.1)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("dir")
    p.add_argument("--corpus", required=True)
    p.add_argument("--vocab", required=True)
    p.add_argument("--full-precision", action="store_true")
    p.add_argument("--steps", type=int, default=3000)
    p.add_argument("--batch", type=int, default=16)
    p.add_argument("--rate", type=float, default=4e-3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--save", type=int, default=100)
    p.add_argument("--stop", type=int, default=0, help="stop at this step, before the schedule ends (0: do not)")
    p.add_argument("--set", nargs="*", default=[], metavar="KEY=N", help="other sizes than those of model.CONFIG")
    o = p.parse_args()
    torch.set_num_threads(o.threads)
    torch.set_flush_denormal(True)
    os.makedirs(o.dir, exist_ok=True)
    config = dict(model.CONFIG, **{k: int(v) for k, v in (s.split("=") for s in o.set)})
    network = model.Network(config, o.full_precision, o.seed)
    matrices = [v for v in network.parameters() if v.dim() > 1]
    vectors = [v for v in network.parameters() if v.dim() == 1]
    adam = torch.optim.AdamW([{"params": matrices}, {"params": vectors, "weight_decay": 0.0}], betas=(0.9, 0.95), foreach=True)
    ids = tokens_of(o.corpus, o.vocab)
    context = config["context"]
    cut = len(ids) // 100 * 99
    train, check = ids[:cut], torch.from_numpy(ids[cut:cut + 64 * context + 1].astype(numpy.int64))
    begins = numpy.flatnonzero(train[:-context - 1] == 0)
    path, first = os.path.join(o.dir, "checkpoint.pt"), 0
    if os.path.exists(path):
        saved = torch.load(path)
        network.load_state_dict(saved["network"])
        adam.load_state_dict(saved["adam"])
        first = saved["step"]
    log = open(os.path.join(o.dir, "loss.csv"), "a")
    if not first:
        log.truncate(0)
        print("step,tokens,rate,loss,check_loss,seconds", file=log, flush=True)
    print(f"{sum(v.numel() for v in network.parameters())} parameters, {len(ids)} tokens, from step {first}", flush=True)
    began, sums = time.time(), []
    for step in range(first, min(o.steps, o.stop or o.steps)):
        rate, decay = schedule(step, o.steps, o.rate)
        adam.param_groups[0]["weight_decay"] = decay
        for g in adam.param_groups:
            g["lr"] = rate
        x, y = batch(train, begins, o.seed, step, o.batch, context)
        loss = F.cross_entropy(network(x).flatten(0, 1), y.flatten())
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        adam.step()
        sums.append(loss.item())
        now = step + 1
        if now % 20 == 0:
            network.eval()
            held = f"{model.nll(network, check, context, context - 1).mean():.5f}" if now % 200 == 0 or now == o.steps else ""
            print(f"{now},{now * o.batch * context},{rate:.6f},{sum(sums) / len(sums):.5f},{held},{time.time() - began:.1f}", file=log, flush=True)
            network.train()
            sums = []
        if now % o.save == 0 or now in (o.steps, o.stop):
            torch.save({"network": network.state_dict(), "adam": adam.state_dict(), "step": now, "config": config,
                        "full": o.full_precision}, path + ".new")
            os.replace(path + ".new", path)


if __name__ == "__main__":
    main()
