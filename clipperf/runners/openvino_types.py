"""What an OpenVINO model says of its inputs and outputs."""

from __future__ import annotations

from typing import Any

from clipperf.errors import Unsupported
from clipperf.runners.base import Signature, Tensor

_DTYPES = {
    "f16": "float16",
    "f32": "float32",
    "f64": "float64",
    "i8": "int8",
    "u8": "uint8",
    "i16": "int16",
    "u16": "uint16",
    "i32": "int32",
    "u32": "uint32",
    "i64": "int64",
    "u64": "uint64",
    "boolean": "bool",
}


def signature_of(model: Any) -> Signature:
    """The model's tensors; raises Unsupported for inputs that no batch can be drawn for.

    Outputs whose number of dimensions is open are left out: the file says nothing that could be checked.
    """
    for port in model.inputs:
        if port.partial_shape.rank.is_dynamic:
            raise Unsupported(f"The model's input {port.any_name} has no number of dimensions, which a batch needs.")
    return Signature(
        tuple(map(_tensor, model.inputs)),
        tuple(_tensor(port) for port in model.outputs if port.partial_shape.rank.is_static),
    )


def _tensor(port: Any) -> Tensor:
    name, word = port.any_name, port.element_type.get_type_name()
    if word not in _DTYPES:
        raise Unsupported(f"The model's {name} holds {word}, which numpy has no type for.")
    shape = tuple(None if dim.is_dynamic else dim.get_length() for dim in port.partial_shape)
    return Tensor(name, _DTYPES[word], shape)
