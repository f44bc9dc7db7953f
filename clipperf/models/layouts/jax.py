"""The ``.npz`` files of Google's ViT in JAX, as `vision_transformer` and "How to train your ViT" published them.

Kernels are inputs × outputs, a convolution's are height × width × inputs × outputs, and attention keeps its heads on an
axis of their own. Source: what timm's `_load_weights` in `vision_transformer.py` reads of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from clipperf.models.architecture import Architecture, TimmVit
from clipperf.models.layers import GELU
from clipperf.models.layouts.layout import Layout, Numbers, Origin, Piece, same, turned
from clipperf.models.parameters import Affine, Block
from clipperf.models.trees import timm_vit_tree

_QUERY_KEY_VALUE = ("query", "key", "value")


def _origins(architecture: Architecture) -> tuple[Origin, ...] | None:
    return tuple(_vit(architecture)) if isinstance(architecture, TimmVit) else None


def _vit(vit: TimmVit) -> Iterator[Origin]:
    tree = timm_vit_tree(vit)
    outputs, inputs, height, width = tree.patches.weight.shape
    kernel = Piece("embedding/kernel", (height, width, inputs, outputs))
    yield Origin(tree.patches.weight, (kernel,), lambda parts: parts[0].transpose(3, 2, 0, 1))
    yield same(tree.patches.bias, "embedding/bias")
    yield same(tree.class_token, "cls")
    yield same(tree.positions, "Transformer/posembed_input/pos_embedding")
    for number, block in enumerate(tree.blocks):
        yield from _block(block, f"Transformer/encoderblock_{number}", vit.trunk.width, vit.trunk.heads)
    yield from _norm(tree.norm, "Transformer/encoder_norm")
    yield from _dense(tree.head, "head")


def _block(block: Block, name: str, width: int, heads: int) -> Iterator[Origin]:
    by_head = (heads, width // heads)
    attention = f"{name}/MultiHeadDotProductAttention_1"
    kernels = tuple(Piece(f"{attention}/{part}/kernel", (width, *by_head)) for part in _QUERY_KEY_VALUE)
    biases = tuple(Piece(f"{attention}/{part}/bias", by_head) for part in _QUERY_KEY_VALUE)
    out = Piece(f"{attention}/out/kernel", (*by_head, width))
    yield from _norm(block.norm_1, f"{name}/LayerNorm_0")
    yield Origin(block.qkv.weight, kernels, _rows_of_kernels)
    yield Origin(block.qkv.bias, biases, lambda parts: np.concatenate([part.reshape(-1) for part in parts]))
    yield Origin(block.attention_out.weight, (out,), lambda parts: parts[0].reshape(-1, parts[0].shape[-1]).T)
    yield same(block.attention_out.bias, f"{attention}/out/bias")
    yield from _norm(block.norm_2, f"{name}/LayerNorm_2")
    yield from _dense(block.mlp_in, f"{name}/MlpBlock_3/Dense_0")
    yield from _dense(block.mlp_out, f"{name}/MlpBlock_3/Dense_1")


def _rows_of_kernels(kernels: Sequence[Numbers]) -> Numbers:
    return np.concatenate([kernel.reshape(len(kernel), -1).T for kernel in kernels])


def _norm(affine: Affine, name: str) -> Iterator[Origin]:
    yield same(affine.weight, f"{name}/scale")
    yield same(affine.bias, f"{name}/bias")


def _dense(affine: Affine, name: str) -> Iterator[Origin]:
    yield turned(affine.weight, f"{name}/kernel")
    yield same(affine.bias, f"{name}/bias")


JAX = Layout("JAX", ("embedding/kernel",), GELU, _origins)
