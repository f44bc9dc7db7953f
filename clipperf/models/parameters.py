"""Parameters: the name, shape and scale of each tensor, and the six layers of one transformer block.

Names and shapes are those of the state dict of open_clip's ``CLIP`` and of timm's ``VisionTransformer``, so that a real
checkpoint fills the same tree by name. A linear layer's weight is therefore outputs × inputs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from clipperf.models import scales
from clipperf.models.architecture import Trunk


@dataclass(frozen=True)
class Parameter:
    """One tensor, float32: its state-dict name and shape, and the mean and standard deviation to draw it with."""

    name: str
    shape: tuple[int, ...]
    std: float
    mean: float = 0.0

    @property
    def count(self) -> int:
        """Numbers in the tensor."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Affine:
    """A weight and a bias: of a LayerNorm, of a linear layer or of a convolution."""

    weight: Parameter
    bias: Parameter


@dataclass(frozen=True)
class Block:
    """One transformer block; ``qkv`` makes queries, keys and values, in this order, from one matrix."""

    name: str
    norm_1: Affine
    qkv: Affine
    attention_out: Affine
    norm_2: Affine
    mlp_in: Affine
    mlp_out: Affine


@dataclass(frozen=True)
class BlockNames:
    """What a library calls the layers of a block; the ending, weight or bias, is added to each."""

    norm_1: str
    qkv: str
    attention_out: str
    norm_2: str
    mlp_in: str
    mlp_out: str


# The missing dot is PyTorch's: nn.MultiheadAttention holds in_proj_weight and in_proj_bias itself.
OPEN_CLIP = BlockNames("ln_1.", "attn.in_proj_", "attn.out_proj.", "ln_2.", "mlp.c_fc.", "mlp.c_proj.")
TIMM = BlockNames("norm1.", "attn.qkv.", "attn.proj.", "norm2.", "mlp.fc1.", "mlp.fc2.")


def norm(stem: str, width: int) -> Affine:
    """A LayerNorm of ``width`` features."""
    weight = Parameter(f"{stem}weight", (width,), scales.NORM_WEIGHT, mean=1.0)
    return Affine(weight, Parameter(f"{stem}bias", (width,), scales.BIAS))


def linear(stem: str, inputs: int, outputs: int, std: float) -> Affine:
    """A linear layer, outputs × inputs."""
    weight = Parameter(f"{stem}weight", (outputs, inputs), std)
    return Affine(weight, Parameter(f"{stem}bias", (outputs,), scales.BIAS))


def blocks(stem: str, trunk: Trunk, names: BlockNames) -> tuple[Block, ...]:
    """Every block of a trunk, first to last; the first is called ``stem.0``."""
    return tuple(_block(f"{stem}.{number}", trunk, names) for number in range(trunk.layers))


def _block(name: str, trunk: Trunk, names: BlockNames) -> Block:
    width, hidden = trunk.width, trunk.mlp_width
    return Block(
        name=name,
        norm_1=norm(f"{name}.{names.norm_1}", width),
        qkv=linear(f"{name}.{names.qkv}", width, 3 * width, scales.qkv(width)),
        attention_out=linear(f"{name}.{names.attention_out}", width, width, scales.attention_out(width)),
        norm_2=norm(f"{name}.{names.norm_2}", width),
        mlp_in=linear(f"{name}.{names.mlp_in}", width, hidden, scales.mlp_in(width)),
        mlp_out=linear(f"{name}.{names.mlp_out}", hidden, width, scales.mlp_out(width, trunk.layers)),
    )


def leaves(tree: object) -> Iterator[Parameter]:
    """Every parameter in a tree of frozen dataclasses and tuples, in the order of their fields."""
    if isinstance(tree, Parameter):
        yield tree
    elif isinstance(tree, tuple):
        for branch in tree:
            yield from leaves(branch)
    elif is_dataclass(tree):
        for field in fields(tree):
            yield from leaves(getattr(tree, field.name))
