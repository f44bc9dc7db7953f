"""The tiny networks as checkpoints of each library, written tensor by tensor as that library's own modules name them.

Nothing of `clipperf.models.layouts` is used: this is the way back, by hand.
"""

from __future__ import annotations

import numpy as np

State = dict[str, np.ndarray]
HEADS, WIDTH, BLOCKS = 4, 64, 2


def openai(state: State) -> State:
    sizes = {"input_resolution": 32, "context_length": 16, "vocab_size": 128}
    return {**state, **{name: np.array(value) for name, value in sizes.items()}}


def custom_text_clip(state: State) -> State:
    ours = ("visual.", "logit_scale")
    return {name if name.startswith(ours) else f"text.{name}": values for name, values in state.items()}


def hugging_face_clip(state: State) -> State:
    """`CLIPModel`: three layers for queries, keys and values, linear projections, and the numbers of places."""
    made = {
        "logit_scale": state["logit_scale"],
        "text_model.embeddings.position_ids": np.arange(16)[np.newaxis],
        "text_model.embeddings.token_embedding.weight": state["token_embedding.weight"],
        "text_model.embeddings.position_embedding.weight": state["positional_embedding"],
        "text_projection.weight": state["text_projection"].T,
        "vision_model.embeddings.class_embedding": state["visual.class_embedding"],
        "vision_model.embeddings.patch_embedding.weight": state["visual.conv1.weight"],
        "vision_model.embeddings.position_embedding.weight": state["visual.positional_embedding"],
        "visual_projection.weight": state["visual.proj"].T,
    }
    norms = {
        "vision_model.pre_layrnorm": "visual.ln_pre",
        "vision_model.post_layernorm": "visual.ln_post",
        "text_model.final_layer_norm": "ln_final",
    }
    for theirs, ours in norms.items():
        made |= _both(state, theirs, ours)
    for tower, stem in (("vision_model", "visual.transformer"), ("text_model", "transformer")):
        for number in range(BLOCKS):
            theirs, ours = f"{tower}.encoder.layers.{number}", f"{stem}.resblocks.{number}"
            for ending in ("weight", "bias"):
                parts = np.split(state[f"{ours}.attn.in_proj_{ending}"], 3)
                for letter, part in zip("qkv", parts, strict=True):
                    made[f"{theirs}.self_attn.{letter}_proj.{ending}"] = part
            made |= _both(state, f"{theirs}.self_attn.out_proj", f"{ours}.attn.out_proj")
            made |= _both(state, f"{theirs}.layer_norm1", f"{ours}.ln_1")
            made |= _both(state, f"{theirs}.layer_norm2", f"{ours}.ln_2")
            made |= _both(state, f"{theirs}.mlp.fc1", f"{ours}.mlp.c_fc")
            made |= _both(state, f"{theirs}.mlp.fc2", f"{ours}.mlp.c_proj")
    return made


def hugging_face_vit(state: State) -> State:
    """`ViTForImageClassification`."""
    made = {
        "vit.embeddings.cls_token": state["cls_token"],
        "vit.embeddings.position_embeddings": state["pos_embed"],
        **_both(state, "vit.embeddings.patch_embeddings.projection", "patch_embed.proj"),
        **_both(state, "vit.layernorm", "norm"),
        **_both(state, "classifier", "head"),
    }
    for number in range(BLOCKS):
        theirs, ours = f"vit.encoder.layer.{number}", f"blocks.{number}"
        for ending in ("weight", "bias"):
            parts = np.split(state[f"{ours}.attn.qkv.{ending}"], 3)
            for part_name, part in zip(("query", "key", "value"), parts, strict=True):
                made[f"{theirs}.attention.attention.{part_name}.{ending}"] = part
        made |= _both(state, f"{theirs}.attention.output.dense", f"{ours}.attn.proj")
        made |= _both(state, f"{theirs}.layernorm_before", f"{ours}.norm1")
        made |= _both(state, f"{theirs}.layernorm_after", f"{ours}.norm2")
        made |= _both(state, f"{theirs}.intermediate.dense", f"{ours}.mlp.fc1")
        made |= _both(state, f"{theirs}.output.dense", f"{ours}.mlp.fc2")
    return made


def jax(state: State) -> State:
    """Google's ViT: kernels inputs × outputs, heads on an axis of their own."""
    made = {
        "cls": state["cls_token"],
        "embedding/kernel": np.einsum("oihw->hwio", state["patch_embed.proj.weight"]),
        "embedding/bias": state["patch_embed.proj.bias"],
        "Transformer/posembed_input/pos_embedding": state["pos_embed"],
        **_flax(state, "Transformer/encoder_norm", "norm", "scale"),
        **_flax(state, "head", "head", "kernel"),
    }
    for number in range(BLOCKS):
        theirs, ours = f"Transformer/encoderblock_{number}", f"blocks.{number}"
        attention = f"{theirs}/MultiHeadDotProductAttention_1"
        weights = np.split(state[f"{ours}.attn.qkv.weight"], 3)
        biases = np.split(state[f"{ours}.attn.qkv.bias"], 3)
        for name, weight, bias in zip(("query", "key", "value"), weights, biases, strict=True):
            # Output number h·d of the fused layer is number d of head h.
            made[f"{attention}/{name}/kernel"] = np.stack([head.T for head in np.split(weight, HEADS)], axis=1)
            made[f"{attention}/{name}/bias"] = np.stack(np.split(bias, HEADS))
        made[f"{attention}/out/kernel"] = np.stack(np.split(state[f"{ours}.attn.proj.weight"].T, HEADS))
        made[f"{attention}/out/bias"] = state[f"{ours}.attn.proj.bias"]
        made |= _flax(state, f"{theirs}/LayerNorm_0", f"{ours}.norm1", "scale")
        made |= _flax(state, f"{theirs}/LayerNorm_2", f"{ours}.norm2", "scale")
        made |= _flax(state, f"{theirs}/MlpBlock_3/Dense_0", f"{ours}.mlp.fc1", "kernel")
        made |= _flax(state, f"{theirs}/MlpBlock_3/Dense_1", f"{ours}.mlp.fc2", "kernel")
    return made


def _both(state: State, theirs: str, ours: str) -> State:
    return {f"{theirs}.{ending}": state[f"{ours}.{ending}"] for ending in ("weight", "bias")}


def _flax(state: State, theirs: str, ours: str, kind: str) -> State:
    return {f"{theirs}/{kind}": state[f"{ours}.weight"].T, f"{theirs}/bias": state[f"{ours}.bias"]}
