"""The `bitnet-b1.58` network as the engine computes it, for training.

Forward arithmetic of a linear layer is that of the engine: per token one absmax int8 scale, weights -1, 0, +1 times
their mean magnitude, integer sums (exact in f32: 127 * 512 < 2^24), one multiplication at the end. Gradients pass the
two roundings as if they were not there (straight-through estimator). With full=True the same network multiplies the
master weights with unrounded activations: the baseline.

While training, products are bf16 with f32 sums (trits and int8 codes are exact in bf16, results are rounded), twice as
fast on processors that have it; evaluation is f32 throughout.
"""

import math

import torch
import torch.nn.functional as F

CONFIG = dict(vocab=1024, hidden=256, ffn=512, layers=4, heads=4, kv_heads=2, context=256, eps=1e-5, theta=10000.0)
ROLES = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
NORMS = ("attn_norm", "attn_sub_norm", "ffn_norm", "ffn_sub_norm")


def ternary(w):
    """Trits and scale of a tensor: absmean."""
    scale = w.abs().mean().clamp(min=1e-5)
    return (w / scale).round().clamp(-1, 1), scale


def quantise(x):
    """int8 codes (as f32) and the factor per token that undoes them."""
    most = x.abs().amax(-1, keepdim=True).clamp(min=1e-5)
    return (x * (127.0 / most)).round().clamp(-128, 127), most / 127.0


def half(x):
    return x.to(torch.bfloat16)


class TernaryProduct(torch.autograd.Function):
    """x times several ternary matrices that read the same tokens."""

    @staticmethod
    def forward(ctx, x, training, *weights):
        trits, scales = zip(*(ternary(w) for w in weights))
        rows = torch.cat([s.expand(w.shape[0]) for s, w in zip(scales, weights)])
        q, inv = quantise(x)
        t = torch.cat(trits)
        ctx.sizes = [w.shape[0] for w in weights]
        if not training:
            return (q @ t.t()) * (inv * rows)
        q, t = half(q), half(t)
        ctx.save_for_backward(q, inv, t, rows)
        return (q @ t.t()).float() * (inv * rows)

    @staticmethod
    def backward(ctx, g):
        q, inv, t, rows = ctx.saved_tensors
        gx = (half(g * rows) @ t).float()
        gw = (half(g * inv).t() @ q).float()
        return (gx, None, *gw.split(ctx.sizes))


class Product(torch.autograd.Function):
    """x times a matrix; `round_result` also rounds the result, which is faster."""

    @staticmethod
    def forward(ctx, x, w, round_result):
        xh, wh = half(x), half(w)
        ctx.save_for_backward(xh, wh)
        return (xh @ wh.t()).float() if round_result else x @ w.t()

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        g = half(g)
        return (g @ w).float(), (g.t() @ x).float(), None


class Norm(torch.autograd.Function):
    """RMS norm with weight; one pass each way."""

    @staticmethod
    def forward(ctx, x, weight, eps):
        r = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps)
        n = x * r
        ctx.save_for_backward(n, r, weight)
        return n * weight

    @staticmethod
    def backward(ctx, g):
        n, r, weight = ctx.saved_tensors
        gn = g * weight
        return (gn - n * (gn * n).mean(-1, keepdim=True)) * r, (g * n).sum(0), None


class Network(torch.nn.Module):
    def __init__(self, config=CONFIG, full=False, seed=0):
        super().__init__()
        self.c, self.full = dict(config), full
        c, g = self.c, torch.Generator().manual_seed(seed)
        self.dim = c["hidden"] // c["heads"]
        shapes = {"attn_q": (c["hidden"], c["hidden"]), "attn_k": (c["kv_heads"] * self.dim, c["hidden"]),
                  "attn_v": (c["kv_heads"] * self.dim, c["hidden"]), "attn_output": (c["hidden"], c["hidden"]),
                  "ffn_gate": (c["ffn"], c["hidden"]), "ffn_up": (c["ffn"], c["hidden"]), "ffn_down": (c["hidden"], c["ffn"])}
        self.p = torch.nn.ParameterDict()
        self.p["token_embd"] = torch.nn.Parameter(torch.randn(c["vocab"], c["hidden"], generator=g) * 0.05)
        self.p["output_norm"] = torch.nn.Parameter(torch.ones(c["hidden"]))
        for i in range(c["layers"]):
            for r in ROLES:
                self.p[f"{i}_{r}"] = torch.nn.Parameter(torch.randn(shapes[r], generator=g) * shapes[r][1] ** -0.5)
            for n in NORMS:
                self.p[f"{i}_{n}"] = torch.nn.Parameter(torch.ones(c["ffn"] if n == "ffn_sub_norm" else c["hidden"]))
        angle = torch.arange(c["context"], dtype=torch.float64)[:, None] * \
            c["theta"] ** (-torch.arange(0, self.dim, 2, dtype=torch.float64) / self.dim)
        self.register_buffer("cosine", torch.cat([angle.cos()] * 2, 1).float(), False)
        self.register_buffer("sine", torch.cat([angle.sin()] * 2, 1).float(), False)
        self.register_buffer("mask", torch.full((c["context"], c["context"]), -math.inf).triu(1), False)

    def embedding(self):
        """Rounded to f16, as the file has it."""
        e = self.p["token_embd"]
        return e if self.full else e + (e.half().float() - e).detach()

    def product(self, x, layer, *roles):
        w = [self.p[f"{layer}_{r}"] for r in roles]
        if not self.full:
            return TernaryProduct.apply(x, self.training, *w)
        return Product.apply(x, torch.cat(w), True) if self.training else x @ torch.cat(w).t()

    def norm(self, x, name):
        return Norm.apply(x, self.p[name], self.c["eps"])

    def rotate(self, x):
        """Halves are paired (NEOX)."""
        a, b = x.chunk(2, -1)
        n = x.shape[-2]
        return x * self.cosine[:n] + torch.cat([-b, a], -1) * self.sine[:n]

    def forward(self, ids):
        c, (batch, n) = self.c, ids.shape
        embedding, kv = self.embedding(), c["kv_heads"] * self.dim
        x = F.embedding(ids, embedding).reshape(batch * n, -1)
        for i in range(c["layers"]):
            h = self.product(self.norm(x, f"{i}_attn_norm"), i, "attn_q", "attn_k", "attn_v")
            q, k, v = (t.reshape(batch, n, -1, self.dim).transpose(1, 2) for t in h.split([c["hidden"], kv, kv], 1))
            q, k, group = self.rotate(q) * self.dim ** -0.5, self.rotate(k), c["heads"] // c["kv_heads"]
            q = q.reshape(batch * c["kv_heads"], group * n, self.dim)
            k, v = (t.reshape(batch * c["kv_heads"], n, self.dim) for t in (k, v))
            if self.training:
                q, k, v = half(q), half(k), half(v)
            score = (q @ k.transpose(1, 2)).float() + self.mask[:n, :n].repeat(group, 1)
            mixed = (score.softmax(-1).to(v.dtype) @ v).float().reshape(batch, c["heads"], n, self.dim).transpose(1, 2).reshape(batch * n, -1)
            x = x + self.product(self.norm(mixed, f"{i}_attn_sub_norm"), i, "attn_output")
            gate, up = self.product(self.norm(x, f"{i}_ffn_norm"), i, "ffn_gate", "ffn_up").chunk(2, 1)
            x = x + self.product(self.norm(gate.relu().square() * up, f"{i}_ffn_sub_norm"), i, "ffn_down")
        x = self.norm(x, "output_norm")
        return (Product.apply(x, embedding, False) if self.training else x @ embedding.t()).reshape(batch, n, -1)


def nll(network, ids, context, stride):
    """Negative log-likelihood of every token but the first, in nats: windows of `context` tokens that begin every
    `stride` < `context` tokens; of each window count the tokens that no earlier one counted. As `tern perplexity` does."""
    out, done, begin = [], 1, 0
    with torch.no_grad():
        while done < len(ids):
            end = min(begin + context, len(ids))
            logits = network(ids[None, begin:end])[0]
            loss = F.cross_entropy(logits[done - 1 - begin:end - 1 - begin].double(), ids[done:end], reduction="none")
            out.append(loss)
            done, begin = end, begin + stride
    return torch.cat(out)
