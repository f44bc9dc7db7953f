"""The layers of a transformer as ONNX nodes.

Each is written as PyTorch's exporter writes it, since that is the pattern which vendors' compilers know and fuse. Only
operators of opset 11 are used, but for LayerNormalization from opset 17 on. GELU is spelt with Erf at every opset: the
operator of that name exists from opset 20 only, where vendors' parsers have not arrived.
"""

from __future__ import annotations

import math

import numpy as np

from clipperf.models.architecture import Trunk
from clipperf.models.draft import Draft
from clipperf.models.parameters import Affine, Block

GELU = "gelu"
QUICK_GELU = "quick-gelu"
ACTIVATIONS = (GELU, QUICK_GELU)
"""GELU (1 + erf), and OpenAI's x·sigmoid(1.702·x), with which its own checkpoints were trained."""

FIRST_OPSET_WITH_LAYER_NORMALIZATION = 17

# Where a token may not look. Minus infinity would be a NaN in some int8 calibrations; this is 0 after softmax as well,
# and float16 can hold it.
MASKED = -1e4


def norm(draft: Draft, value: str, affine: Affine, epsilon: float, name: str) -> str:
    """LayerNorm over the last axis; below opset 17 in the nine nodes into which PyTorch decomposes it."""
    weight, bias = draft.parameter(affine.weight), draft.parameter(affine.bias)
    if draft.opset >= FIRST_OPSET_WITH_LAYER_NORMALIZATION:
        return draft.node("LayerNormalization", [value, weight, bias], name, axis=-1, epsilon=epsilon)
    mean = draft.reduce("ReduceMean", value, -1, f"{name}.mean", keep=True)
    centred = draft.node("Sub", [value, mean], f"{name}.centred")
    square = draft.node("Pow", [centred, draft.scalar(2)], f"{name}.square")
    variance = draft.reduce("ReduceMean", square, -1, f"{name}.variance", keep=True)
    shifted = draft.node("Add", [variance, draft.scalar(epsilon)], f"{name}.shifted")
    deviation = draft.node("Sqrt", [shifted], f"{name}.deviation")
    normal = draft.node("Div", [centred, deviation], f"{name}.normal")
    scaled = draft.node("Mul", [normal, weight], f"{name}.scaled")
    return draft.node("Add", [scaled, bias], name)


def linear(draft: Draft, value: str, affine: Affine, name: str) -> str:
    """Inputs by weight plus bias, over the last axis of any number of dimensions."""
    product = draft.node("MatMul", [value, draft.transposed(affine.weight)], f"{name}.matmul")
    return draft.node("Add", [product, draft.parameter(affine.bias)], name)


def activation(draft: Draft, value: str, kind: str, name: str) -> str:
    """One of `ACTIVATIONS`."""
    if kind == QUICK_GELU:
        scaled = draft.node("Mul", [value, draft.scalar(1.702)], f"{name}.scaled")
        gate = draft.node("Sigmoid", [scaled], f"{name}.gate")
        return draft.node("Mul", [value, gate], name)
    scaled = draft.node("Div", [value, draft.scalar(math.sqrt(2))], f"{name}.scaled")
    erf = draft.node("Erf", [scaled], f"{name}.erf")
    gate = draft.node("Add", [erf, draft.scalar(1)], f"{name}.gate")
    gated = draft.node("Mul", [value, gate], f"{name}.gated")
    return draft.node("Mul", [gated, draft.scalar(0.5)], name)


def attention(draft: Draft, value: str, block: Block, trunk: Trunk, tokens: int, mask: str | None) -> str:
    """Multi-head attention: b × tokens × width in and out; ``mask`` (tokens × tokens) is added to the logits."""
    name = f"{block.name}.attn"
    head_width = trunk.width // trunk.heads
    # A 0 copies the batch from the input, so that one shape serves dynamic and static graphs.
    by_head = draft.integers([0, tokens, trunk.heads, head_width])
    joined = draft.integers([0, tokens, trunk.width])

    qkv = linear(draft, value, block.qkv, f"{name}.qkv")
    parts = draft.split(qkv, [trunk.width] * 3, [f"{name}.{part}" for part in ("query", "key", "value")])
    heads = [draft.node("Reshape", [part, by_head], f"{part}.by_head") for part in parts]
    query = draft.node("Transpose", [heads[0]], f"{name}.query.heads", perm=[0, 2, 1, 3])
    key = draft.node("Transpose", [heads[1]], f"{name}.key.heads", perm=[0, 2, 3, 1])
    values = draft.node("Transpose", [heads[2]], f"{name}.value.heads", perm=[0, 2, 1, 3])

    scaled = draft.node("Mul", [query, draft.scalar(1 / math.sqrt(head_width))], f"{name}.query.scaled")
    logits = draft.node("MatMul", [scaled, key], f"{name}.logits")
    if mask is not None:
        logits = draft.node("Add", [logits, mask], f"{name}.masked")
    weights = draft.node("Softmax", [logits], f"{name}.softmax", axis=-1)
    mixed = draft.node("MatMul", [weights, values], f"{name}.mixed")
    swapped = draft.node("Transpose", [mixed], f"{name}.by_token", perm=[0, 2, 1, 3])
    merged = draft.node("Reshape", [swapped, joined], f"{name}.joined")
    return linear(draft, merged, block.attention_out, name)


def causal_mask(draft: Draft, tokens: int) -> str:
    """A tokens × tokens mask that lets each token see itself and those before it."""
    return draft.constant("causal_mask", np.triu(np.full((tokens, tokens), MASKED, dtype=np.float32), k=1))


def run_blocks(
    draft: Draft, value: str, blocks: tuple[Block, ...], trunk: Trunk, tokens: int, kind: str, mask: str | None = None
) -> str:
    """Every block of a trunk; each one's output carries its name."""
    for block in blocks:
        before = norm(draft, value, block.norm_1, trunk.epsilon, f"{block.name}.norm_1")
        attended = attention(draft, before, block, trunk, tokens, mask)
        middle = draft.node("Add", [value, attended], f"{block.name}.middle")
        normal = norm(draft, middle, block.norm_2, trunk.epsilon, f"{block.name}.norm_2")
        inner = linear(draft, normal, block.mlp_in, f"{block.name}.mlp.in")
        bent = activation(draft, inner, kind, f"{block.name}.mlp.activation")
        outer = linear(draft, bent, block.mlp_out, f"{block.name}.mlp.out")
        value = draft.node("Add", [middle, outer], block.name)
    return value
