"""The parameter tree of each architecture, under the names of the library whose checkpoints fill it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from clipperf.models import scales
from clipperf.models.architecture import Architecture, Clip, ClipText, ClipVision, TimmVit
from clipperf.models.parameters import OPEN_CLIP, TIMM, Affine, Block, Parameter, blocks, leaves, linear, norm


@dataclass(frozen=True)
class ClipVisionTree:
    """Of `ClipVision`; the projection is inputs × outputs."""

    patches: Parameter
    class_token: Parameter
    positions: Parameter
    norm_pre: Affine
    blocks: tuple[Block, ...]
    norm_post: Affine
    projection: Parameter


@dataclass(frozen=True)
class ClipTextTree:
    """Of `ClipText`; the projection is inputs × outputs."""

    tokens: Parameter
    positions: Parameter
    blocks: tuple[Block, ...]
    norm_final: Affine
    projection: Parameter


@dataclass(frozen=True)
class ClipTree:
    """Of `Clip`; ``logit_scale`` is a scalar, the logarithm of the factor."""

    vision: ClipVisionTree
    text: ClipTextTree
    logit_scale: Parameter


@dataclass(frozen=True)
class TimmVitTree:
    """Of `TimmVit`."""

    patches: Affine
    class_token: Parameter
    positions: Parameter
    blocks: tuple[Block, ...]
    norm: Affine
    head: Affine


def clip_vision_tree(tower: ClipVision) -> ClipVisionTree:
    """The image tower's tree, under open_clip's names."""
    width, patch = tower.trunk.width, tower.grid.patch_size
    return ClipVisionTree(
        patches=Parameter("visual.conv1.weight", (width, 3, patch, patch), scales.linear(3 * patch * patch)),
        class_token=Parameter("visual.class_embedding", (width,), scales.EMBEDDING),
        positions=Parameter("visual.positional_embedding", (tower.grid.tokens, width), scales.EMBEDDING),
        norm_pre=norm("visual.ln_pre.", width),
        blocks=blocks("visual.transformer.resblocks", tower.trunk, OPEN_CLIP),
        norm_post=norm("visual.ln_post.", width),
        projection=Parameter("visual.proj", (width, tower.embedding), scales.linear(width)),
    )


def clip_text_tree(tower: ClipText) -> ClipTextTree:
    """The text tower's tree, under open_clip's names."""
    width = tower.trunk.width
    return ClipTextTree(
        tokens=Parameter("token_embedding.weight", (tower.vocabulary, width), scales.EMBEDDING),
        positions=Parameter("positional_embedding", (tower.context, width), scales.EMBEDDING),
        blocks=blocks("transformer.resblocks", tower.trunk, OPEN_CLIP),
        norm_final=norm("ln_final.", width),
        projection=Parameter("text_projection", (width, tower.embedding), scales.linear(width)),
    )


def clip_tree(both: Clip) -> ClipTree:
    """Both towers' trees and the factor of the logits, 100: where training clips it, and where OpenAI's CLIP ended."""
    logit_scale = Parameter("logit_scale", (), std=0.0, mean=math.log(100.0))
    return ClipTree(clip_vision_tree(both.vision), clip_text_tree(both.text), logit_scale)


def timm_vit_tree(vit: TimmVit) -> TimmVitTree:
    """The classifier's tree, under timm's names."""
    width, patch = vit.trunk.width, vit.grid.patch_size
    return TimmVitTree(
        patches=Affine(
            Parameter("patch_embed.proj.weight", (width, 3, patch, patch), scales.linear(3 * patch * patch)),
            Parameter("patch_embed.proj.bias", (width,), scales.BIAS),
        ),
        class_token=Parameter("cls_token", (1, 1, width), scales.EMBEDDING),
        positions=Parameter("pos_embed", (1, vit.grid.tokens, width), scales.EMBEDDING),
        blocks=blocks("blocks", vit.trunk, TIMM),
        norm=norm("norm.", width),
        head=linear("head.", width, vit.classes, scales.linear(width)),
    )


def parameters_of(architecture: Architecture) -> tuple[Parameter, ...]:
    """Every parameter of the architecture, once, in the order of its tree."""
    match architecture:
        case ClipVision():
            return tuple(leaves(clip_vision_tree(architecture)))
        case ClipText():
            return tuple(leaves(clip_text_tree(architecture)))
        case Clip():
            return tuple(leaves(clip_tree(architecture)))
        case TimmVit():
            return tuple(leaves(timm_vit_tree(architecture)))
