"""The networks as ONNX nodes: what stands before and after the trunk, each as its library's ``forward`` has it."""

from __future__ import annotations

import numpy as np
import onnx

from clipperf.models import layers
from clipperf.models.architecture import Clip, ClipText, ClipVision, PatchGrid, TimmVit
from clipperf.models.draft import Draft
from clipperf.models.parameters import Parameter
from clipperf.models.trees import clip_text_tree, clip_tree, clip_vision_tree, timm_vit_tree

Batch = int | str
"""A fixed number, or the name of a dynamic dimension."""


def clip_vision(draft: Draft, image: str, batch: Batch, tower: ClipVision, kind: str, output: str) -> str:
    """Image b × 3 × S × S to embedding b × E."""
    tree, trunk, grid = clip_vision_tree(tower), tower.trunk, tower.grid
    patches = _patches(draft, [image, draft.parameter(tree.patches)], grid, trunk.width)
    tokens = _with_class_token(draft, patches, tree.class_token, batch, trunk.width)
    placed = draft.node("Add", [tokens, draft.parameter(tree.positions)], "visual.placed")
    start = layers.norm(draft, placed, tree.norm_pre, trunk.epsilon, "visual.ln_pre")
    end = layers.run_blocks(draft, start, tree.blocks, trunk, grid.tokens, kind)
    pooled = _class_token_of(draft, end, "visual.pooled")
    normal = layers.norm(draft, pooled, tree.norm_post, trunk.epsilon, "visual.ln_post")
    return draft.node("MatMul", [normal, draft.parameter(tree.projection)], output)


def clip_text(draft: Draft, text: str, tower: ClipText, kind: str, output: str) -> str:
    """Token ids b × L (int64) to embedding b × E."""
    tree, trunk = clip_text_tree(tower), tower.trunk
    tokens = draft.node("Gather", [draft.parameter(tree.tokens), text], "token_embedding", axis=0)
    placed = draft.node("Add", [tokens, draft.parameter(tree.positions)], "placed")
    mask = layers.causal_mask(draft, tower.context)
    end = layers.run_blocks(draft, placed, tree.blocks, trunk, tower.context, kind, mask)
    normal = layers.norm(draft, end, tree.norm_final, trunk.epsilon, "ln_final")
    pooled = _at_end_token(draft, normal, text, tower.context)
    return draft.node("MatMul", [pooled, draft.parameter(tree.projection)], output)


def clip(draft: Draft, image: str, text: str, batch: Batch, both: Clip, kind: str, output: str) -> str:
    """Images b × 3 × S × S and texts n × L to logits b × n: 100 times the cosine of each pair."""
    tree = clip_tree(both)
    images = _unit(draft, clip_vision(draft, image, batch, both.vision, kind, "image_embed"))
    texts = _unit(draft, clip_text(draft, text, both.text, kind, "text_embed"))
    factor = draft.node("Exp", [draft.parameter(tree.logit_scale)], "logit_scale.exp")
    scaled = draft.node("Mul", [images, factor], "image_embed.scaled")
    columns = draft.node("Transpose", [texts], "text_embed.columns", perm=[1, 0])
    return draft.node("MatMul", [scaled, columns], output)


def timm_vit(draft: Draft, image: str, batch: Batch, vit: TimmVit, kind: str, output: str) -> str:
    """Image b × 3 × S × S to class logits b × classes."""
    tree, trunk, grid = timm_vit_tree(vit), vit.trunk, vit.grid
    kernel = [draft.parameter(tree.patches.weight), draft.parameter(tree.patches.bias)]
    patches = _patches(draft, [image, *kernel], grid, trunk.width)
    tokens = _with_class_token(draft, patches, tree.class_token, batch, trunk.width)
    placed = draft.node("Add", [tokens, draft.parameter(tree.positions)], "placed")
    end = layers.run_blocks(draft, placed, tree.blocks, trunk, grid.tokens, kind)
    normal = layers.norm(draft, end, tree.norm, trunk.epsilon, "norm")
    return layers.linear(draft, _class_token_of(draft, normal, "pooled"), tree.head, output)


def _patches(draft: Draft, inputs: list[str], grid: PatchGrid, width: int) -> str:
    """Image (and kernel) to one row a patch: b × patches × width."""
    size = grid.patch_size
    cut = draft.node("Conv", inputs, "patches.conv", kernel_shape=[size, size], strides=[size, size])
    flat = draft.node("Reshape", [cut, draft.integers([0, width, grid.patches])], "patches.flat")
    return draft.node("Transpose", [flat], "patches", perm=[0, 2, 1])


def _with_class_token(draft: Draft, patches: str, token: Parameter, batch: Batch, width: int) -> str:
    """Puts the class token, once for each sample, before the patches."""
    if isinstance(batch, int):
        shape = draft.integers([batch, 1, 1])
    else:
        dims = draft.node("Shape", [patches], "patches.shape")
        size = draft.node("Gather", [dims, draft.integers([0])], "patches.batch", axis=0)
        shape = draft.node("Concat", [size, draft.integers([1, 1])], "class_token.shape", axis=0)
    repeated = draft.node("Expand", [draft.parameter(token), shape], "class_token")
    draft.declare(repeated, (batch, 1, width))
    return draft.node("Concat", [repeated, patches], "tokens", axis=1)


def _class_token_of(draft: Draft, tokens: str, name: str) -> str:
    return draft.node("Gather", [tokens, draft.constant("first", np.array(0, dtype=np.int64))], name, axis=1)


def _at_end_token(draft: Draft, tokens: str, text: str, context: int) -> str:
    """Features at the first largest id of each row, b × L × width to b × width, by a mask of zeros and a single one.

    PyTorch's exporter makes GatherND of it, with indices from Range where the batch is dynamic. GatherND takes a batch
    axis from opset 12 only, several vendors' parsers refuse it or run it on the host's CPU, and Range makes shapes
    dynamic. Equal, Cast, Mul and ReduceSum are everywhere, and exact: all other products are 0. It costs as much
    as one residual addition. ArgMax takes int32, since onnxruntime had none for int64 for long (its issue 10068).
    """
    ids = draft.node("Cast", [text], "text.int32", to=onnx.TensorProto.INT32)
    end = draft.node("ArgMax", [ids], "end_token", axis=1, keepdims=1)
    places = draft.constant("places", np.arange(context, dtype=np.int64)[np.newaxis])
    here = draft.node("Equal", [end, places], "end_token.here")
    mask = draft.node("Cast", [here], "end_token.mask", to=onnx.TensorProto.FLOAT)
    column = draft.node("Reshape", [mask, draft.integers([0, context, 1])], "end_token.column")
    kept = draft.node("Mul", [tokens, column], "end_token.kept")
    return draft.reduce("ReduceSum", kept, 1, "pooled", keep=False)


def _unit(draft: Draft, embeds: str) -> str:
    length = draft.reduce("ReduceL2", embeds, -1, f"{embeds}.length", keep=True)
    return draft.node("Div", [embeds, length], f"{embeds}.unit")
