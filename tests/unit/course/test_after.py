"""The benchmark of what came after: its attention is the formula, and torch's fast kernel can take it."""

import torch
from torch import nn

from benchmarks.after import Attention


def test_attention_is_the_formula_and_has_four_axes(monkeypatch):
    torch.manual_seed(0)
    net, x = Attention(3, 4, 6), torch.randn(2, 5, 3)
    e = net.W_x(x) + net.P.weight[:5]
    scores = net.W_q(e) @ net.W_k(e).mT / 2  # sqrt(4)
    want = scores.masked_fill(torch.ones(5, 5, dtype=torch.bool).triu(1), -torch.inf).softmax(-1) @ net.W_v(e)
    axes, attend = [], nn.functional.scaled_dot_product_attention
    monkeypatch.setattr(
        nn.functional,
        "scaled_dot_product_attention",
        lambda *qkv, **how: axes.append(qkv[0].dim()) or attend(*qkv, **how),
    )
    torch.testing.assert_close(net(x)[0], want)
    assert axes == [4]
