"""Names of MagicMind's types, as a stand-in."""

from __future__ import annotations

import enum

import numpy as np


class DataType(enum.Enum):
    """Types of tensors."""

    FLOAT16 = "float16"
    FLOAT32 = "float32"
    INT8 = "int8"
    INT32 = "int32"
    INT64 = "int64"
    UINT8 = "uint8"
    BOOL = "bool"


def get_numpy_dtype_by_datatype(kind: DataType) -> np.dtype:
    """Numpy's own."""
    return np.dtype(kind.value)
