"""Drawn weights: the same numbers for the same seed and name, on every machine and every numpy.

`numpy.random.RandomState` is frozen by numpy's own policy (NEP 19): its stream of bits never changes. Its normal
deviates still pass through the C library's logarithm, which may differ in the last bit from one processor to the next.
So a number here is the sum of four 16-bit integers from that stream: bell-shaped, exact in float32, cut at ±3.46
standard deviations much as the truncated normal of timm's initialisation, never denormal, and quicker to draw.

Each tensor has a stream of its own, seeded with its name, so that it does not matter which other tensors are drawn, or
in what order: `clip` holds the same towers as `vision` and `text`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from clipperf.models.parameters import Parameter

Weights = Callable[[Parameter], NDArray[np.float32]]
"""Where a graph's tensors come from: float32 of the parameter's shape. A checkpoint can stand in for `drawn`."""

_TERMS = 4
_MEAN = _TERMS * (2**16 - 1) / 2
_STD = math.sqrt(_TERMS * (2**32 - 1) / 12)
# Part of the stream's layout, so a change of it changes every weight; at this size the integers stay in the cache.
_CHUNK = 2**18


def drawn(seed: int) -> Weights:
    """Weights drawn from ``seed``, any integer."""

    def draw(parameter: Parameter) -> NDArray[np.float32]:
        return _draw(parameter, seed)

    return draw


def _draw(parameter: Parameter, seed: int) -> NDArray[np.float32]:
    digest = hashlib.sha256(f"{seed} {parameter.name}".encode()).digest()
    stream = np.random.RandomState(np.frombuffer(digest, dtype="<u4"))
    values = np.empty(parameter.count, dtype=np.float32)
    factor = np.float32(parameter.std / _STD)
    for start in range(0, values.size, _CHUNK):
        chunk = values[start : start + _CHUNK]
        terms = np.frombuffer(stream.bytes(2 * _TERMS * chunk.size), dtype="<u2").reshape(_TERMS, chunk.size)
        chunk[:] = terms.sum(axis=0, dtype=np.uint32)
        chunk -= np.float32(_MEAN)
        chunk *= factor
    values += np.float32(parameter.mean)
    return values.reshape(parameter.shape)
