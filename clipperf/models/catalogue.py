"""The models that clipperf knows by name.

Sizes are those of open_clip's `model_configs/ViT-B-32.json`, `ViT-B-16.json` and `ViT-L-14.json` and of timm's
`vision_transformer.py`.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from clipperf.errors import UsageError
from clipperf.models.architecture import Architecture, Clip, ClipText, ClipVision, PatchGrid, TimmVit, Trunk
from clipperf.models.flops import flops_per_request, flops_per_sample
from clipperf.models.signature import Signature, TensorInfo
from clipperf.models.trees import parameters_of

CIFAR_100_CLASSES = 100


@dataclass(frozen=True)
class Model:
    """One catalogue entry; everything but its name and its description follows from the architecture.

    ``gflops_per_sample`` and ``gflops_per_request`` count a multiply-add as 2 and nothing but matrix products and
    convolutions; the second is what a request costs whatever its batch size: `clip`'s texts, 0 for all others.
    """

    name: str
    description: str
    architecture: Architecture

    @property
    def signature(self) -> Signature:
        """Names, types and dimensions; ``batch`` and, for `clip`, ``texts`` are dynamic."""
        return _signature(self.architecture)

    def static_signature(self, batch: int) -> Signature:
        """The same with a fixed batch size, and with `clip`'s usual number of texts."""
        texts = self.architecture.texts if isinstance(self.architecture, Clip) else 0
        return self.signature.with_sizes({"batch": batch, "texts": texts})

    @property
    def parameters(self) -> int:
        """Numbers in all tensors, as PyTorch counts them."""
        return sum(parameter.count for parameter in parameters_of(self.architecture))

    @property
    def gflops_per_sample(self) -> float:
        """10⁹ FLOPs that each sample costs."""
        return flops_per_sample(self.architecture) / 1e9

    @property
    def gflops_per_request(self) -> float:
        """10⁹ FLOPs that each request costs beside its samples."""
        return flops_per_request(self.architecture) / 1e9


def find(name: str) -> Model:
    """The model of a name or alias; raises `UsageError` with the valid names and the nearest ones."""
    models = catalogue()
    found = models.get(_ALIASES.get(name, name))
    if found is not None:
        return found
    near = difflib.get_close_matches(name, [*models, *_ALIASES], n=2)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise UsageError(
        f"'{name}' is no model that clipperf knows; give one of {', '.join(models)}, or the path of an ONNX file.{hint}"
    )


@cache
def catalogue() -> Mapping[str, Model]:
    """Every model by name, in the order in which to list them; aliases are left out."""
    return MappingProxyType({model.name: model for model in (*_clip_models(), *_timm_models(), *_tiny_models())})


_ALIASES = {"vision-b32": "vision", "text-b32": "text"}


def _clip_models() -> tuple[Model, ...]:
    base, large = Trunk(768, 12, 12, 1e-5), Trunk(1024, 24, 16, 1e-5)
    vision_b32 = ClipVision(PatchGrid(224, 32), base, embedding=512)
    vision_b16 = ClipVision(PatchGrid(224, 16), base, embedding=512)
    vision_l14 = ClipVision(PatchGrid(224, 14), large, embedding=768)
    text_base = ClipText(77, 49408, Trunk(512, 12, 8, 1e-5), embedding=512)
    text_l14 = ClipText(77, 49408, Trunk(768, 12, 12, 1e-5), embedding=768)
    return (
        Model("vision", "CLIP ViT-B/32, image tower", vision_b32),
        Model("text", "CLIP ViT-B/32, text tower", text_base),
        Model("vision-b16", "CLIP ViT-B/16, image tower", vision_b16),
        Model("text-b16", "CLIP ViT-B/16, text tower (the same network as text)", text_base),
        Model("vision-l14", "CLIP ViT-L/14, image tower", vision_l14),
        Model("text-l14", "CLIP ViT-L/14, text tower", text_l14),
        Model(
            "clip",
            "CLIP ViT-B/32, both towers and the logits between them",
            Clip(vision_b32, text_base, texts=CIFAR_100_CLASSES),
        ),
    )


def _timm_models() -> tuple[Model, ...]:
    base = Trunk(768, 12, 12, 1e-6)
    return tuple(
        Model(
            f"vit_base_patch{patch}_{size}",
            f"timm ViT-B/{patch}, {size} pixels, 1000 classes",
            TimmVit(PatchGrid(size, patch), base, classes=1000),
        )
        for patch, size in ((8, 224), (16, 224), (16, 384), (32, 224), (32, 384))
    )


def _tiny_models() -> tuple[Model, ...]:
    grid = PatchGrid(32, 8)
    vision = ClipVision(grid, Trunk(64, 2, 4, 1e-5), embedding=32)
    text = ClipText(16, 128, Trunk(64, 2, 4, 1e-5), embedding=32)
    vit = TimmVit(grid, Trunk(64, 2, 4, 1e-6), classes=10)
    return (
        Model("tiny-vision", "not a real model: an image tower for tests and quick tries", vision),
        Model("tiny-text", "not a real model: a text tower for tests and quick tries", text),
        Model("tiny-clip", "not a real model: both tiny towers and their logits", Clip(vision, text, texts=10)),
        Model("tiny-vit", "not a real model: a classifier for tests and quick tries", vit),
    )


def _signature(architecture: Architecture) -> Signature:
    match architecture:
        case ClipVision(grid, _, embedding):
            image = _image("image", grid)
            return Signature((image,), (TensorInfo("image_embed", "float32", ("batch", embedding)),))
        case ClipText(context, _, _, embedding):
            text = TensorInfo("text", "int64", ("batch", context))
            return Signature((text,), (TensorInfo("text_embed", "float32", ("batch", embedding)),))
        case Clip(vision, text, _):
            text = TensorInfo("text", "int64", ("texts", text.context))
            logits = TensorInfo("logits", "float32", ("batch", "texts"))
            return Signature((_image("image", vision.grid), text), (logits,))
        case TimmVit(grid, _, classes):
            return Signature((_image("input", grid),), (TensorInfo("output", "float32", ("batch", classes)),))


def _image(name: str, grid: PatchGrid) -> TensorInfo:
    return TensorInfo(name, "float32", ("batch", 3, grid.image_size, grid.image_size))
