"""SAIL's types of tensors, and the scales of quantised ones: arrays as clipperf has them, and as the device takes them.

numpy has neither bfloat16 nor, in SAIL's binding, float16: both go through ``uint16`` with the same bits. A quantised
tensor holds integers: the device's number is the true one × ``get_input_scale``, the true one is the device's ×
``get_output_scale``. SAIL does that itself in its numpy form and leaves it to the caller in its tensor form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clipperf.errors import Unsupported

_HELD = {
    "BM_FLOAT32": "float32",
    "BM_FLOAT16": "uint16",
    "BM_BFLOAT16": "uint16",
    "BM_INT8": "int8",
    "BM_UINT8": "uint8",
    "BM_INT16": "int16",
    "BM_UINT16": "uint16",
    "BM_INT32": "int32",
    "BM_UINT32": "uint32",
}
"""The type of numpy whose bits a tensor takes, by the name of SAIL's ``Dtype``."""

NUMPY_FORM = ("BM_FLOAT32", "BM_INT8", "BM_UINT8", "BM_INT32")
"""What SAIL converts itself; it refuses others as inputs, and gives others as outputs their raw bytes as float32."""

_UNSCALED = 1.0
_BFLOAT16_NAN = 0x7FC0


@dataclass(frozen=True)
class Port:
    """An input or output of a net: ``largest`` are its dimensions at most, ``sdk_type`` is SAIL's own object."""

    name: str
    kind: str
    largest: tuple[int, ...]
    scale: float
    sdk_type: object

    def __post_init__(self) -> None:
        """Raises Unsupported for a type that SAIL does not move."""
        if self.kind not in _HELD:
            raise Unsupported(f"The model's {self.name} holds {self.kind}; SAIL moves {', '.join(_HELD)}.")

    @property
    def is_quantised(self) -> bool:
        """Whether its integers stand for other numbers."""
        return self.scale != _UNSCALED and self.kind not in ("BM_FLOAT32", "BM_FLOAT16", "BM_BFLOAT16")

    @property
    def dtype(self) -> str:
        """The type of the numbers that it stands for."""
        if self.kind == "BM_FLOAT16":
            return "float16"
        return "float32" if self.is_quantised or self.kind == "BM_BFLOAT16" else _HELD[self.kind]

    @property
    def item_bytes(self) -> int:
        """The size of one number on the device."""
        return np.dtype(_HELD[self.kind]).itemsize


def to_device(port: Port, array: np.ndarray) -> np.ndarray:
    """The array as the tensor form takes it; numbers beyond a quantised type become its smallest or largest."""
    if port.kind == "BM_FLOAT16":
        return np.ascontiguousarray(array, dtype=np.float16).view(np.uint16)
    if port.kind == "BM_BFLOAT16":
        floats = np.ascontiguousarray(array, dtype=np.float32)
        bits = floats.view(np.uint32)
        # To the nearest, ties to the even one; what is no number could overflow into one.
        rounded = (bits + (0x7FFF + ((bits >> 16) & 1))) >> 16
        return np.where(np.isnan(floats), _BFLOAT16_NAN, rounded).astype(np.uint16)
    if port.is_quantised:
        limits = np.iinfo(_HELD[port.kind])
        scaled = np.rint(array.astype(np.float64) * port.scale)
        return np.clip(scaled, limits.min, limits.max).astype(_HELD[port.kind])
    return np.ascontiguousarray(array, dtype=_HELD[port.kind])


def from_device(port: Port, raw: np.ndarray) -> np.ndarray:
    """What the tensor form gave, as the numbers that it stands for."""
    held = np.ascontiguousarray(raw).view(_HELD[port.kind])
    if port.kind == "BM_FLOAT16":
        return held.view(np.float16)
    if port.kind == "BM_BFLOAT16":
        return (held.astype(np.uint32) << 16).view(np.float32)
    return (held * np.float32(port.scale)).astype(np.float32) if port.is_quantised else held
