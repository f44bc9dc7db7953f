"""The preprocessing of VastStreamX's CLIP image sample: from a BGR image on the device to what its ViT-B/32 takes.

To RGB, resized (bicubic, the shorter side to the model's), cropped from the middle, normalised, and cut into patches.
The last two are operators of the vendor's own, in .elf files, which take their parameters as C structures. Their
layouts and the aligned sizes are those of VastStreamX-Samples (2025-09), which has them for patches of 32 in 224 × 224.
"""

from __future__ import annotations

import struct
from typing import Any, Mapping

import numpy as np

from clipperf.errors import Unsupported
from clipperf.runners.base import Option

_MEAN, _STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
"""CLIP's own, of RGB from 0 to 1."""

_SIDE, _PATCH, _CHANNELS = 224, 32, 3
_ALIGNED = (64, 4096)
"""Rows and columns of the matrix of patches, 49 × 3072, as the model was compiled for it."""

_DIV255_MINUS_MEAN_DIV_STD = 2
_NCHW, _MATRIX = 0, 1
_FP16 = 0
_NORMALIZE = struct.Struct("<7Ii4H4H")
_SPACE_TO_DEPTH = struct.Struct("<9I2i3I8Ii")


class ClipOperators:
    """Loads the two .elf files for the device of this thread; an image then becomes the model's one tensor."""

    def __init__(self, sdk: Any, options: Mapping[str, Option], size: tuple[int, int]) -> None:
        if size != (_SIDE, _SIDE):
            raise Unsupported(
                f"The model takes images of {size[0]}x{size[1]}; norm_elf and space2depth_elf are known for ViT-B/32 "
                f"at {_SIDE}x{_SIDE} alone. Use --option vdsp_params, or --scope device-io with --option inputs."
            )
        self._sdk = sdk
        self._normalize = sdk.CustomOperator(op_name="opf_normalize", elf_file_path=str(options["norm_elf"]))
        self._to_depth = sdk.CustomOperator(
            op_name="opf_space_to_depth_out_matrix", elf_file_path=str(options["space2depth_elf"])
        )

    def __call__(self, image: Any) -> Any:
        """The tensor for one image, on the device."""
        sdk = self._sdk
        ratio = max(_SIDE / image.width, _SIDE / image.height)
        width, height = round(ratio * image.width), round(ratio * image.height)
        rgb = sdk.cvtcolor(image, sdk.ImageFormat.RGB_PLANAR)
        resized = sdk.resize(rgb, sdk.ImageResizeType.BICUBIC_PILLOW, resize_width=width, resize_height=height)
        cropped = sdk.crop(resized, ((width - _SIDE) // 2, (height - _SIDE) // 2, _SIDE, _SIDE))
        normal = self._run(self._normalize, cropped, normalize_parameters(), [_CHANNELS, _SIDE, _SIDE])
        return self._run(self._to_depth, normal, space_to_depth_parameters(), list(_ALIGNED))

    def _run(self, operator: Any, tensor: Any, parameters: bytes, shape: list[int]) -> Any:
        made = operator.run_sync(tensors=[tensor], config=parameters, output_info=[(shape, self._sdk.TypeFlag.FLOAT16)])
        return made[0]


def normalize_parameters() -> bytes:
    """Sizes, pitches, channels, kind, then mean and deviation as the bits of float16."""
    bits = [np.array([*values, 0], dtype=np.float16).view(np.uint16).tolist() for values in (_MEAN, _STD)]
    return _NORMALIZE.pack(*[_SIDE] * 6, _CHANNELS, _DIV255_MINUS_MEAN_DIV_STD, *bits[0], *bits[1])


def space_to_depth_parameters() -> bytes:
    """Input dimensions (and aligned), layout, type, patch, output dimensions (and aligned), layout."""
    dims = (1, _CHANNELS, _SIDE, _SIDE)
    rows, columns = (_SIDE // _PATCH) ** 2, _CHANNELS * _PATCH**2
    return _SPACE_TO_DEPTH.pack(
        *(len(dims), *dims, *dims, _NCHW, _FP16, _PATCH, _PATCH),
        *(len(_ALIGNED), rows, columns, 0, 0, *_ALIGNED, 0, 0, _MATRIX),
    )
