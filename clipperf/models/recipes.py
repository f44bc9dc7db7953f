"""How a model is brought to another precision: which library does it, with which settings.

The libraries are onnxruntime's own: ``onnxruntime.quantization`` and ``onnxruntime.transformers.float16``, the
maintained descendant of onnxconverter-common's. Neither writes bfloat16, nor does any other that is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

USUAL_INT8, DYNAMIC_INT8 = "static", "dynamic"

HEAVY = ("MatMul", "Gemm", "Conv")
"""What is quantised. What lies between, left in floating point, costs a transformer little time and much accuracy."""

CALIBRATION_SAMPLES = 32
CALIBRATION_SEED = 20_240_229
"""Its own, so that a model is not calibrated with the inputs by which it is checked."""


@dataclass(frozen=True)
class Recipe:
    """``settings`` are the arguments of the library's function; those that are told decide the bytes of the file.

    ``version`` is to be raised with every change of what is written for the same settings.
    """

    precision: str
    name: str
    is_calibrated: bool
    settings: Mapping[str, Any]
    version: int = 1

    @property
    def text(self) -> str:
        """All of it, always the same for the same recipe."""
        return json.dumps(
            [self.precision, self.name, self.is_calibrated, dict(self.settings), self.version], sort_keys=True
        )


RECIPES: Mapping[tuple[str, str], Recipe] = MappingProxyType(
    {
        # Inputs and outputs stay fp32, so that every precision is fed and compared alike.
        ("fp16", ""): Recipe("fp16", "", False, {"keep_io_types": True}),
        # QDQ with uint8 activations and int8 weights is what onnxruntime recommends on x86 processors, and a form of
        # which OpenVINO makes int8 layers. (TensorRT wants int8 without zero points.)
        ("int8", USUAL_INT8): Recipe(
            "int8",
            USUAL_INT8,
            True,
            {"op_types_to_quantize": HEAVY, "activation_type": "QUInt8", "weight_type": "QInt8", "per_channel": True},
        ),
        ("int8", DYNAMIC_INT8): Recipe(
            "int8",
            DYNAMIC_INT8,
            False,
            {"op_types_to_quantize": HEAVY[:2], "weight_type": "QInt8", "per_channel": True},
        ),
    }
)
"""By precision and name."""


def recipe_for(precision: str, int8: str) -> Recipe:
    """That of a precision; ``int8`` names the way to int8. Raises KeyError where no library makes such a model."""
    return RECIPES[precision, int8 if precision == "int8" else ""]
