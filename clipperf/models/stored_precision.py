"""The precision that an ONNX file has by itself: that of most of its weights."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

from clipperf.errors import UsageError

_WORDS = {"FLOAT": "fp32", "DOUBLE": "fp64", "FLOAT16": "fp16", "BFLOAT16": "bf16", "INT8": "int8", "UINT8": "int8"}


def read_stored_precision(path: Path) -> str:
    """``fp32``, ``fp16``, ``bf16``, ``int8`` or ``fp64``, by the number of weights; fp32 where there are none.

    Weights kept in other files are counted by their dimensions and not read. Raises UsageError where the file cannot
    be read.
    """
    import onnx
    from google.protobuf.message import DecodeError

    try:
        graph = onnx.load(path, load_external_data=False).graph
    except (OSError, DecodeError) as error:
        raise UsageError(f"The model '{path}' cannot be read ({error}); give the path of an ONNX file.") from None
    weights: Counter[str] = Counter()
    for tensor in graph.initializer:
        word = _WORDS.get(onnx.TensorProto.DataType.Name(tensor.data_type))
        if word is not None:
            weights[word] += math.prod(tensor.dims)
    return weights.most_common(1)[0][0] if weights else "fp32"
