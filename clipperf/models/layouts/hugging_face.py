"""Hugging Face transformers: ``CLIPModel`` (and its towers with projection) and ``ViTForImageClassification``.

Queries, keys and values are three layers there, and CLIP's projections are linear layers, outputs × inputs. The
activation is QuickGELU where `CLIPConfig` is not told another; laion's checkpoints in this layout have GELU, which
their `config.json` says. The missing letter of ``pre_layrnorm`` is the library's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clipperf.models.architecture import Architecture, Clip, ClipText, ClipVision, TimmVit
from clipperf.models.layers import GELU, QUICK_GELU
from clipperf.models.layouts.layout import Layout, Origin, same, stacked, turned
from clipperf.models.parameters import Affine, Block
from clipperf.models.trees import clip_text_tree, clip_tree, clip_vision_tree, timm_vit_tree


@dataclass(frozen=True)
class _BlockNames:
    norm_1: str
    query_key_value: tuple[str, str, str]
    attention_out: str
    norm_2: str
    mlp_in: str
    mlp_out: str


_CLIP = _BlockNames(
    norm_1="layer_norm1",
    query_key_value=("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    attention_out="self_attn.out_proj",
    norm_2="layer_norm2",
    mlp_in="mlp.fc1",
    mlp_out="mlp.fc2",
)
_VIT = _BlockNames(
    norm_1="layernorm_before",
    query_key_value=("attention.attention.query", "attention.attention.key", "attention.attention.value"),
    attention_out="attention.output.dense",
    norm_2="layernorm_after",
    mlp_in="intermediate.dense",
    mlp_out="output.dense",
)


def _clip_origins(architecture: Architecture) -> tuple[Origin, ...] | None:
    match architecture:
        case ClipVision():
            return tuple(_vision(architecture))
        case ClipText():
            return tuple(_text(architecture))
        case Clip(vision, text, _):
            return (*_vision(vision), *_text(text), same(clip_tree(architecture).logit_scale, "logit_scale"))
        case TimmVit():
            return None


def _vision(tower: ClipVision) -> Iterator[Origin]:
    tree, stem = clip_vision_tree(tower), "vision_model"
    yield same(tree.patches, f"{stem}.embeddings.patch_embedding.weight")
    yield same(tree.class_token, f"{stem}.embeddings.class_embedding")
    yield same(tree.positions, f"{stem}.embeddings.position_embedding.weight")
    yield from _affine(tree.norm_pre, f"{stem}.pre_layrnorm")
    yield from _blocks(tree.blocks, f"{stem}.encoder.layers", _CLIP)
    yield from _affine(tree.norm_post, f"{stem}.post_layernorm")
    yield turned(tree.projection, "visual_projection.weight")


def _text(tower: ClipText) -> Iterator[Origin]:
    tree, stem = clip_text_tree(tower), "text_model"
    yield same(tree.tokens, f"{stem}.embeddings.token_embedding.weight")
    yield same(tree.positions, f"{stem}.embeddings.position_embedding.weight")
    yield from _blocks(tree.blocks, f"{stem}.encoder.layers", _CLIP)
    yield from _affine(tree.norm_final, f"{stem}.final_layer_norm")
    yield turned(tree.projection, "text_projection.weight")


def _vit_origins(architecture: Architecture) -> tuple[Origin, ...] | None:
    return tuple(_vit(architecture)) if isinstance(architecture, TimmVit) else None


def _vit(vit: TimmVit) -> Iterator[Origin]:
    tree, stem = timm_vit_tree(vit), "vit"
    yield from _affine(tree.patches, f"{stem}.embeddings.patch_embeddings.projection")
    yield same(tree.class_token, f"{stem}.embeddings.cls_token")
    yield same(tree.positions, f"{stem}.embeddings.position_embeddings")
    yield from _blocks(tree.blocks, f"{stem}.encoder.layer", _VIT)
    yield from _affine(tree.norm, f"{stem}.layernorm")
    yield from _affine(tree.head, "classifier")


def _blocks(blocks: tuple[Block, ...], stem: str, names: _BlockNames) -> Iterator[Origin]:
    for number, block in enumerate(blocks):
        name = f"{stem}.{number}"
        yield from _affine(block.norm_1, f"{name}.{names.norm_1}")
        parts = [f"{name}.{part}" for part in names.query_key_value]
        yield stacked(block.qkv.weight, [f"{part}.weight" for part in parts])
        yield stacked(block.qkv.bias, [f"{part}.bias" for part in parts])
        yield from _affine(block.attention_out, f"{name}.{names.attention_out}")
        yield from _affine(block.norm_2, f"{name}.{names.norm_2}")
        yield from _affine(block.mlp_in, f"{name}.{names.mlp_in}")
        yield from _affine(block.mlp_out, f"{name}.{names.mlp_out}")


def _affine(affine: Affine, name: str) -> Iterator[Origin]:
    yield same(affine.weight, f"{name}.weight")
    yield same(affine.bias, f"{name}.bias")


HUGGING_FACE_CLIP = Layout(
    "Hugging Face CLIP",
    ("vision_model.embeddings.class_embedding", "text_model.embeddings.token_embedding.weight"),
    QUICK_GELU,
    _clip_origins,
)
HUGGING_FACE_VIT = Layout("Hugging Face ViT", ("vit.embeddings.cls_token",), GELU, _vit_origins)
