"""Images of many sizes and modes, the same everywhere, and the preprocessings that they are held to."""

from __future__ import annotations

import numpy as np
from PIL import Image

from clipperf.accuracy.preprocessing import Preprocessing, clip_preprocessing, timm_preprocessing

CLIP = {f"clip-{size}": clip_preprocessing(size) for size in (32, 224, 384)}
TIMM = {f"timm-{size}": timm_preprocessing(size) for size in (224, 384)}
POINTS = 8
"""In each direction, of which the golden files hold the value."""

_SIZES = {
    "photograph": (640, 427),
    "portrait": (365, 500),
    "fitting": (224, 224),
    "one-more": (225, 224),
    "small": (31, 47),
    "long": (3, 301),
    "pixel": (1, 1),
}
_MODES = ("L", "LA", "RGBA", "CMYK", "P", "1", "YCbCr")


def images() -> dict[str, Image.Image]:
    """Waves with noise on them, by name."""
    found = {name: _drawn(*size) for name, size in _SIZES.items()}
    whole = _drawn(300, 201)
    found.update({f"mode-{mode}": whole.convert(mode) for mode in _MODES})
    found["mode-RGBA"].putalpha(_drawn(300, 201).convert("L").rotate(180))
    return found


def points_of(pixels: np.ndarray) -> np.ndarray:
    """3 × 8 × 8 values of 3 × size × size, the corners among them."""
    places = np.linspace(0, pixels.shape[-1] - 1, POINTS).round().astype(int)
    return pixels[:, places][:, :, places]


def preprocessings() -> dict[str, Preprocessing]:
    """By name."""
    return {**CLIP, **TIMM}


def _drawn(width: int, height: int) -> Image.Image:
    y, x, colour = np.mgrid[0:height, 0:width, 0:3]
    waves = 127 + 90 * np.sin(x / 7 + colour) * np.cos(y / 11 - colour)
    noise = np.random.default_rng(width * height).integers(-30, 30, waves.shape)
    return Image.fromarray(np.clip(waves + noise, 0, 255).astype(np.uint8))
