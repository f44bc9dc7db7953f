"""Images as the models were trained to see them: resized, cropped, RGB, normalised, as torchvision does it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clipperf.models.architecture import Architecture, Clip, ClipText, ClipVision, TimmVit

if TYPE_CHECKING:
    from PIL import Image

Constants = tuple[float, float, float]

CLIP_MEAN: Constants = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD: Constants = (0.26862954, 0.26130258, 0.27577711)
_HALF: Constants = (0.5, 0.5, 0.5)
_CROPPED_SHARE = {224: 0.9, 384: 1.0}
"""timm's ``crop_pct`` of its ViTs by image size (default_cfgs in timm/models/vision_transformer.py)."""

MOST_PIXELS = 178_956_970
"""Of a resized image; Pillow refuses to open larger ones, and a long thin one grows to that by being resized."""


@dataclass(frozen=True)
class Preprocessing:
    """What is done to an image: its shorter side resized to ``resized`` pixels, the middle ``size`` × ``size`` cut out.

    ``mean`` and ``std`` are those of red, green and blue between 0 and 1. ``resizes_rgb`` is False where an image is
    resized in its own mode and made RGB after that.
    """

    size: int
    resized: int
    mean: Constants
    std: Constants
    resizes_rgb: bool


def clip_preprocessing(size: int) -> Preprocessing:
    """That of CLIP: open_clip's ``image_transform`` with its constants OPENAI_DATASET_MEAN and _STD."""
    return Preprocessing(size, size, CLIP_MEAN, CLIP_STD, resizes_rgb=False)


def timm_preprocessing(size: int) -> Preprocessing:
    """That of timm's ``vit_base_patch*``, of which the default weights are augreg's: all constants are 0.5.

    timm's ``_cfg`` has IMAGENET_INCEPTION_MEAN and _STD, bicubic, and ``crop_pct`` 0.9, at 384 pixels 1.0.
    """
    resized = math.floor(size / _CROPPED_SHARE.get(size, 1.0))
    return Preprocessing(size, resized, _HALF, _HALF, resizes_rgb=True)


def preprocessing_of(architecture: Architecture) -> Preprocessing:
    """That of a model of the catalogue; raises ValueError for one that takes no image."""
    match architecture:
        case ClipVision(grid):
            return clip_preprocessing(grid.image_size)
        case Clip(vision):
            return clip_preprocessing(vision.grid.image_size)
        case TimmVit(grid):
            return timm_preprocessing(grid.image_size)
        case ClipText():
            raise ValueError("a text tower takes no image")


def pixels_of(image: Image.Image, wanted: Preprocessing) -> np.ndarray:
    """The image as 3 × size × size float32.

    The same numbers as torchvision's Resize (bicubic, with Pillow's antialiasing), CenterCrop, ToTensor and Normalize.
    As there the orientation in EXIF is not applied and transparency is dropped. Raises ValueError where the image is so
    long and thin that it would be resized to more than ``MOST_PIXELS``, and what Pillow raises.
    """
    if wanted.resizes_rgb:
        image = image.convert("RGB")
    cropped = _middle(_resized(image, wanted.resized), wanted.size).convert("RGB")
    shares = np.asarray(cropped, dtype=np.float32) / np.float32(255)
    normalised = (shares - np.array(wanted.mean, np.float32)) / np.array(wanted.std, np.float32)
    return np.ascontiguousarray(normalised.transpose(2, 0, 1))


def _resized(image: Image.Image, shorter: int) -> Image.Image:
    from PIL import Image

    # Rounded down, as torchvision's _compute_resized_output_size does.
    width, height = (int(shorter * side / min(image.size)) for side in image.size)
    if width * height > MOST_PIXELS:
        raise ValueError(f"at {image.width} × {image.height} pixels it is too long and thin to be resized")
    return image if (width, height) == image.size else image.resize((width, height), Image.Resampling.BICUBIC)


def _middle(image: Image.Image, size: int) -> Image.Image:
    # Halves go to the even number, as torchvision's center_crop has it.
    left, top = (round((side - size) / 2) for side in image.size)
    return image.crop((left, top, left + size, top + size))
