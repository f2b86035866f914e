#!/usr/bin/env python3
"""Writes a checkpoint as a GGUF file: I2_S linear layers, F16 embedding (also the head), F32 norms, own vocabulary.

    export.py CHECKPOINT --vocab vocab.json OUT.gguf

Prints one line per tensor with its share of zeros; the layouts are in docs/formats.md.
"""

import argparse
import struct

import numpy
import torch

import bpe
import model

ALIGN = 32
F32, F16, I2_S = 0, 1, 36
U32, I32, FLOAT, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
ARCH = "bitnet-b1.58"


def text(s):
    b = s.encode() if isinstance(s, str) else s
    return struct.pack("<Q", len(b)) + b


def value(kind, v):
    if kind == STRING:
        return text(v)
    return struct.pack({U32: "<I", I32: "<i", FLOAT: "<f", BOOL: "<?"}[kind], v)


def key(name, kind, v):
    if isinstance(v, list):
        return text(name) + struct.pack("<IIQ", ARRAY, kind, len(v)) + b"".join(value(kind, x) for x in v)
    return text(name) + struct.pack("<I", kind) + value(kind, v)


def i2s(trits, scale):
    """Blocks of 128 weights in 32 bytes, then the scale in 32 more."""
    code = (trits.reshape(-1, 4, 32) + 1).astype(numpy.uint8)
    data = code[:, 0] << 6 | code[:, 1] << 4 | code[:, 2] << 2 | code[:, 3]
    return data.tobytes() + struct.pack("<f", scale) + bytes(28)


def keys(c, vocabulary):
    shown = bpe.byte_alphabet()
    spell = lambda b: "".join(shown[x] for x in b)
    a = ARCH + "."
    return [key("general.architecture", STRING, ARCH), key("general.name", STRING, "tern tiny: a teller of small stories"),
            key("general.license", STRING, "mit"), key("general.file_type", U32, 40),
            key(a + "vocab_size", U32, c["vocab"]), key(a + "context_length", U32, c["context"]),
            key(a + "embedding_length", U32, c["hidden"]), key(a + "block_count", U32, c["layers"]),
            key(a + "feed_forward_length", U32, c["ffn"]), key(a + "rope.dimension_count", U32, c["hidden"] // c["heads"]),
            key(a + "attention.head_count", U32, c["heads"]), key(a + "attention.head_count_kv", U32, c["kv_heads"]),
            key(a + "rope.freq_base", FLOAT, c["theta"]), key(a + "attention.layer_norm_rms_epsilon", FLOAT, c["eps"]),
            key("tokenizer.ggml.model", STRING, "gpt2"), key("tokenizer.ggml.pre", STRING, "gpt-2"),
            key("tokenizer.ggml.tokens", STRING, [bpe.MARK] + [spell(t) for t in vocabulary.tokens[1:]]),
            key("tokenizer.ggml.token_type", I32, [3] + [1] * (len(vocabulary) - 1)),
            key("tokenizer.ggml.merges", STRING, [f"{spell(l)} {spell(r)}" for l, r in vocabulary.merges]),
            key("tokenizer.ggml.bos_token_id", U32, 0), key("tokenizer.ggml.eos_token_id", U32, 0),
            key("tokenizer.ggml.add_bos_token", BOOL, True)]


def tensors(saved):
    """Name, type, dimensions (columns first) and bytes of every tensor."""
    p = {k.removeprefix("p."): v for k, v in saved["network"].items()}
    out = [("token_embd.weight", F16, p["token_embd"].shape[::-1], p["token_embd"].half().numpy().tobytes()),
           ("output_norm.weight", F32, p["output_norm"].shape, p["output_norm"].numpy().tobytes())]
    for i in range(saved["config"]["layers"]):
        for n in model.NORMS:
            out.append((f"blk.{i}.{n}.weight", F32, p[f"{i}_{n}"].shape, p[f"{i}_{n}"].numpy().tobytes()))
        for r in model.ROLES:
            trits, scale = model.ternary(p[f"{i}_{r}"])
            trits, name = trits.numpy().astype(numpy.int8), f"blk.{i}.{r}.weight"
            out.append((name, I2_S, trits.shape[::-1], i2s(trits, scale.item())))
            print(f"{name}: {trits.shape[0]}x{trits.shape[1]}, {100 * (trits == 0).mean():.2f} % zeros, scale {scale.item():.5f}")
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("checkpoint")
    p.add_argument("out")
    p.add_argument("--vocab", required=True)
    o = p.parse_args()
    saved, vocabulary = torch.load(o.checkpoint), bpe.Vocabulary.load(o.vocab)
    if saved["full"]:
        p.error("the checkpoint is of the full-precision baseline, which has no trits")
    data, meta, at, info = tensors(saved), keys(saved["config"], vocabulary), 0, b""
    for name, kind, dims, raw in data:
        info += text(name) + struct.pack("<I", len(dims)) + b"".join(struct.pack("<Q", d) for d in dims) + struct.pack("<IQ", kind, at)
        at += -(-len(raw) // ALIGN) * ALIGN
    head = b"GGUF" + struct.pack("<IQQ", 3, len(data), len(meta)) + b"".join(meta) + info
    with open(o.out, "wb") as f:
        f.write(head + bytes(-len(head) % ALIGN))
        for *_, raw in data:
            f.write(raw + bytes(-len(raw) % ALIGN))
        linear = sum(len(raw) for _, kind, _, raw in data if kind == I2_S)
        weights = sum(d[0] * d[1] for _, kind, d, _ in data if kind == I2_S)
        print(f"{o.out}: {f.tell()} bytes, {weights} ternary weights at {8 * linear / weights:.3f} bits, "
              f"{sum(v.numel() for v in saved['network'].values())} parameters")


if __name__ == "__main__":
    main()
