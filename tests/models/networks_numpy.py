"""CLIP and timm's ViT once more, in float64 numpy, straight from the libraries' own `forward`: what the graphs must be.

Nothing here knows how clipperf writes a graph; the state is read back from the file under its state-dict names.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from scipy.special import erf

State = dict[str, np.ndarray]


def read_state(path: Path) -> State:
    tensors = {t.name: numpy_helper.to_array(t).astype(np.float64) for t in onnx.load(path).graph.initializer}
    return {name.removesuffix(".T"): values.T if name.endswith(".T") else values for name, values in tensors.items()}


def clip_image_embed(state: State, image: np.ndarray, *, patch: int, heads: int, quick: bool = False) -> np.ndarray:
    kernel = state["visual.conv1.weight"]
    x = _patches(image, patch) @ kernel.reshape(len(kernel), -1).T
    first = np.broadcast_to(state["visual.class_embedding"], (len(x), 1, x.shape[2]))
    x = np.concatenate([first, x], axis=1) + state["visual.positional_embedding"]
    x = _norm(state, "visual.ln_pre", x, 1e-5)
    x = _clip_blocks(state, "visual.transformer", x, heads, quick, np.zeros((x.shape[1], x.shape[1])))
    return _norm(state, "visual.ln_post", x[:, 0], 1e-5) @ state["visual.proj"]


def clip_text_embed(state: State, text: np.ndarray, *, heads: int, quick: bool = False) -> np.ndarray:
    x = state["token_embedding.weight"][text] + state["positional_embedding"]
    x = _clip_blocks(state, "transformer", x, heads, quick, np.triu(np.full((x.shape[1],) * 2, -np.inf), k=1))
    x = _norm(state, "ln_final", x, 1e-5)
    return x[np.arange(len(x)), text.argmax(axis=1)] @ state["text_projection"]


def clip_logits(state: State, image: np.ndarray, text: np.ndarray, *, patch: int, heads: int) -> np.ndarray:
    images = clip_image_embed(state, image, patch=patch, heads=heads)
    texts = clip_text_embed(state, text, heads=heads)
    images /= np.linalg.norm(images, axis=1, keepdims=True)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    return np.exp(state["logit_scale"]) * images @ texts.T


def timm_vit_logits(state: State, image: np.ndarray, *, patch: int, heads: int, quick: bool = False) -> np.ndarray:
    kernel = state["patch_embed.proj.weight"]
    x = _patches(image, patch) @ kernel.reshape(len(kernel), -1).T + state["patch_embed.proj.bias"]
    first = np.broadcast_to(state["cls_token"], (len(x), 1, x.shape[2]))
    x = np.concatenate([first, x], axis=1) + state["pos_embed"]
    for number in range(sum(name.endswith("norm1.weight") for name in state)):
        name = f"blocks.{number}"
        qkv = _linear(state, f"{name}.attn.qkv", _norm(state, f"{name}.norm1", x, 1e-6))
        x = x + _linear(state, f"{name}.attn.proj", _attention(qkv, heads, np.zeros((x.shape[1], x.shape[1]))))
        hidden = _activation(_linear(state, f"{name}.mlp.fc1", _norm(state, f"{name}.norm2", x, 1e-6)), quick)
        x = x + _linear(state, f"{name}.mlp.fc2", hidden)
    return _linear(state, "head", _norm(state, "norm", x, 1e-6)[:, 0])


def _clip_blocks(state: State, stem: str, x: np.ndarray, heads: int, quick: bool, mask: np.ndarray) -> np.ndarray:
    for number in range(sum(n.startswith(f"{stem}.") and n.endswith("ln_1.weight") for n in state)):
        name = f"{stem}.resblocks.{number}"
        normal = _norm(state, f"{name}.ln_1", x, 1e-5)
        qkv = normal @ state[f"{name}.attn.in_proj_weight"].T + state[f"{name}.attn.in_proj_bias"]
        x = x + _linear(state, f"{name}.attn.out_proj", _attention(qkv, heads, mask))
        hidden = _activation(_linear(state, f"{name}.mlp.c_fc", _norm(state, f"{name}.ln_2", x, 1e-5)), quick)
        x = x + _linear(state, f"{name}.mlp.c_proj", hidden)
    return x


def _attention(qkv: np.ndarray, heads: int, mask: np.ndarray) -> np.ndarray:
    outputs = []
    for query, key, value in zip(*(np.split(part, heads, axis=-1) for part in np.split(qkv, 3, axis=-1)), strict=True):
        logits = query @ key.swapaxes(1, 2) / np.sqrt(query.shape[2]) + mask
        weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
        outputs.append(weights / weights.sum(axis=-1, keepdims=True) @ value)
    return np.concatenate(outputs, axis=-1)


def _patches(image: np.ndarray, size: int) -> np.ndarray:
    batch, channels, height, width = image.shape
    cut = image.astype(np.float64).reshape(batch, channels, height // size, size, width // size, size)
    return cut.transpose(0, 2, 4, 1, 3, 5).reshape(batch, -1, channels * size * size)


def _norm(state: State, name: str, x: np.ndarray, epsilon: float) -> np.ndarray:
    normal = (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + epsilon)
    return normal * state[f"{name}.weight"] + state[f"{name}.bias"]


def _linear(state: State, name: str, x: np.ndarray) -> np.ndarray:
    return x @ state[f"{name}.weight"].T + state[f"{name}.bias"]


def _activation(x: np.ndarray, quick: bool) -> np.ndarray:
    return x / (1 + np.exp(-1.702 * x)) if quick else x * 0.5 * (1 + erf(x / np.sqrt(2)))
