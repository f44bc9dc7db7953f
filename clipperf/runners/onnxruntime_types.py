"""What an onnxruntime session says of the model's inputs and outputs."""

from __future__ import annotations

from typing import Any

from clipperf.runners.base import Signature, Tensor

_DTYPES = {
    "float": "float32",
    "float16": "float16",
    "double": "float64",
    "int8": "int8",
    "uint8": "uint8",
    "int16": "int16",
    "uint16": "uint16",
    "int32": "int32",
    "uint32": "uint32",
    "int64": "int64",
    "uint64": "uint64",
    "bool": "bool",
}


def signature_of(session: Any) -> Signature:
    """The model's tensors as the file has them; types that numpy lacks keep onnxruntime's word."""
    return Signature(tuple(map(_tensor, session.get_inputs())), tuple(map(_tensor, session.get_outputs())))


def _tensor(entry: Any) -> Tensor:
    element = entry.type[len("tensor(") : -1]
    shape = tuple(dimension if isinstance(dimension, int) else None for dimension in entry.shape)
    return Tensor(entry.name, _DTYPES.get(element, element), shape)
