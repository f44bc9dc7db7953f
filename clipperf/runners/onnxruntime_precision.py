"""Precisions in which onnxruntime's execution providers run a model."""

from __future__ import annotations

from clipperf.runners.base import OpenSpec

PRECISIONS = frozenset({"fp32", "int8"})
"""As the file has them: quantised int8 or fp32 (the CPU provider has no bf16 or fp16 MatMul)."""


def precision_ran(spec: OpenSpec) -> str:
    """The precision in effect: the CPU provider runs a file in the types that it has."""
    return spec.precision
