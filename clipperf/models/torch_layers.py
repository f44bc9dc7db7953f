"""The layers of a transformer in PyTorch: the operations of ``layers.py``, which writes them as ONNX nodes.

Matrix products and softmax are spelt out, as there: vendors' compilers know that pattern, and none of those that read
TorchScript knows ``scaled_dot_product_attention``. No size is read from a tensor where it is known, so that a trace
holds as few operations on shapes as can be.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from clipperf.models.architecture import Trunk
from clipperf.models.layers import MASKED, QUICK_GELU
from clipperf.models.parameters import Affine, Block, Parameter

Held = Callable[[Parameter], Tensor]
"""Where a network keeps its tensors."""


def norm(value: Tensor, affine: Affine, epsilon: float, held: Held) -> Tensor:
    """LayerNorm over the last axis."""
    return functional.layer_norm(value, affine.weight.shape, held(affine.weight), held(affine.bias), epsilon)


def linear(value: Tensor, affine: Affine, held: Held) -> Tensor:
    """Inputs by weight plus bias, over the last axis of any number of dimensions."""
    return functional.linear(value, held(affine.weight), held(affine.bias))


def activation(value: Tensor, kind: str) -> Tensor:
    """One of ``layers.ACTIVATIONS``."""
    return value * torch.sigmoid(1.702 * value) if kind == QUICK_GELU else functional.gelu(value)


def attention(value: Tensor, block: Block, trunk: Trunk, tokens: int, mask: Tensor | None, held: Held) -> Tensor:
    """Multi-head attention: b × tokens × width in and out; ``mask`` (tokens × tokens) is added to the logits."""
    head_width = trunk.width // trunk.heads
    parts = linear(value, block.qkv, held).chunk(3, dim=-1)
    query, key, values = (part.reshape(-1, tokens, trunk.heads, head_width).transpose(1, 2) for part in parts)
    logits = torch.matmul(query * (1 / math.sqrt(head_width)), key.transpose(-2, -1))
    if mask is not None:
        logits = logits + mask
    mixed = torch.matmul(functional.softmax(logits, dim=-1), values)
    return linear(mixed.transpose(1, 2).reshape(-1, tokens, trunk.width), block.attention_out, held)


def causal_mask(tokens: int) -> Tensor:
    """A tokens × tokens mask that lets each token see itself and those before it."""
    return torch.full((tokens, tokens), MASKED).triu(1)


def run_blocks(
    value: Tensor, blocks: tuple[Block, ...], trunk: Trunk, tokens: int, kind: str, mask: Tensor | None, held: Held
) -> Tensor:
    """Every block of a trunk."""
    for block in blocks:
        before = norm(value, block.norm_1, trunk.epsilon, held)
        middle = value + attention(before, block, trunk, tokens, mask, held)
        inner = linear(norm(middle, block.norm_2, trunk.epsilon, held), block.mlp_in, held)
        value = middle + linear(activation(inner, kind), block.mlp_out, held)
    return value
