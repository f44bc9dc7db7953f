"""An image file as the model takes it, or a sentence that names it."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from clipperf.accuracy.preprocessing import Preprocessing, pixels_of
from clipperf.errors import UnreadableImage

_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error)
"""What Pillow's readers raise: most of them OSError, that of PNG SyntaxError, others whatever their parsing met."""


def read_pixels(path: Path, wanted: Preprocessing) -> np.ndarray:
    """The image of a file as 3 × size × size float32; raises UnreadableImage with its name and what is the matter."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            return pixels_of(image, wanted)
    except UnidentifiedImageError:
        raise UnreadableImage(f"{path}: it is no image that Pillow can read.") from None
    except (*_BROKEN, Image.DecompressionBombError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
        raise UnreadableImage(f"{path}: it cannot be read ({reason.rstrip('.')}).") from None
