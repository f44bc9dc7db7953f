"""FLOPs of an architecture, from its sizes alone.

The convention: one multiply-add is 2 FLOPs, and only matrix products and convolutions count. LayerNorm, softmax, GELU
and additions are left out, as they are by fvcore, with which open_clip made the GFLOPs of its `docs/model_profile.csv`;
the figures here agree with that table to its last digit. timm's tables give multiply-adds (GMACs): half of these.
"""

from __future__ import annotations

from clipperf.models.architecture import Architecture, Clip, ClipText, ClipVision, PatchGrid, TimmVit, Trunk


def flops_per_sample(architecture: Architecture) -> int:
    """FLOPs that each sample of a request costs.

    A sample of `Clip` is an image: its tower and its row of logits. The texts are encoded once a request, however many
    images it has; see `flops_per_request`.
    """
    match architecture:
        case ClipVision(grid, trunk, embedding):
            return _patches(grid, trunk) + _trunk(trunk, grid.tokens) + _product(1, trunk.width, embedding)
        case ClipText(context, _, trunk, embedding):
            return _trunk(trunk, context) + _product(1, trunk.width, embedding)
        case Clip(vision, _, texts):
            return flops_per_sample(vision) + _product(1, vision.embedding, texts)
        case TimmVit(grid, trunk, classes):
            return _patches(grid, trunk) + _trunk(trunk, grid.tokens) + _product(1, trunk.width, classes)


def flops_per_request(architecture: Architecture) -> int:
    """FLOPs of a request that do not depend on its batch size: `Clip`'s texts, 0 elsewhere."""
    return architecture.texts * flops_per_sample(architecture.text) if isinstance(architecture, Clip) else 0


def _patches(grid: PatchGrid, trunk: Trunk) -> int:
    return _product(grid.patches, 3 * grid.patch_size**2, trunk.width)


def _trunk(trunk: Trunk, tokens: int) -> int:
    width = trunk.width
    weights = _product(tokens, width, 4 * width) + 2 * _product(tokens, width, trunk.mlp_width)
    # Queries by keys, then their softmax by values: the heads share the width, so their number falls out.
    attention = 2 * _product(tokens, width, tokens)
    return trunk.layers * (weights + attention)


def _product(rows: int, inner: int, columns: int) -> int:
    return 2 * rows * inner * columns
