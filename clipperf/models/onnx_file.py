"""An ONNX file written tensor by tensor, so that one tensor is the most that is ever held in memory.

A protocol buffer is a run of fields: a key, a length, the bytes; messages nest, and a repeated field may come in any
place. So the graph's own field can be opened with its full length, known from the shapes, before any weight exists.
Source: the wire format at protobuf.dev/programming-guides/encoding, field numbers from onnx.proto.
"""

from __future__ import annotations

import hashlib
from typing import BinaryIO

import numpy as np
import onnx

from clipperf.models.draft import Stored
from clipperf.models.graph import Skeleton
from clipperf.models.weights import Weights

_LENGTH_DELIMITED = 2
_FLOAT32_BYTES = 4


def write_model(file: BinaryIO, skeleton: Skeleton, weights: Weights) -> str:
    """Writes the whole model and gives the SHA-256 of what was written, in hexadecimal."""
    digest = hashlib.sha256()

    def put(data: bytes | memoryview) -> None:
        file.write(data)
        digest.update(data)

    head = onnx.ModelProto()
    head.CopyFrom(skeleton.model)
    head.ClearField("graph")
    graph = _bytes(skeleton.model.graph)
    tensors = [(_open_tensor(stored), stored) for stored in skeleton.parameters]

    put(_bytes(head))
    put(
        _open_field(onnx.ModelProto.GRAPH_FIELD_NUMBER, len(graph) + sum(len(start) + _size(t) for start, t in tensors))
    )
    put(graph)
    for start, stored in tensors:
        values = weights(stored.parameter)
        put(start)
        put(np.ascontiguousarray(values.T if stored.is_transposed else values, dtype="<f4").data.cast("B"))
    return digest.hexdigest()


def _open_tensor(stored: Stored) -> bytes:
    """All of an initializer that comes before its numbers."""
    tensor = onnx.TensorProto(name=stored.name, dims=stored.shape, data_type=onnx.TensorProto.FLOAT)
    start = _bytes(tensor) + _open_field(onnx.TensorProto.RAW_DATA_FIELD_NUMBER, _size(stored))
    return _open_field(onnx.GraphProto.INITIALIZER_FIELD_NUMBER, len(start) + _size(stored)) + start


def _bytes(message: onnx.ModelProto | onnx.GraphProto | onnx.TensorProto) -> bytes:
    return bytes(message.SerializeToString(deterministic=True))


def _size(stored: Stored) -> int:
    return stored.parameter.count * _FLOAT32_BYTES


def _open_field(number: int, length: int) -> bytes:
    return _varint(number << 3 | _LENGTH_DELIMITED) + _varint(length)


def _varint(value: int) -> bytes:
    """Seven bits a byte, lowest first, the top bit set on all but the last."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
