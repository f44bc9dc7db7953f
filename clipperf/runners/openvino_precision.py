"""The precision in which OpenVINO really runs a model: that of the heavy layers of its execution graph.

The hint says what was wished for only: a CPU plugin that is asked for f16 may run bf16, and one that is asked for
nothing takes bf16 by itself where the processor has it. Nor does a layer's ``runtimePrecision`` always say it: with
weights that are stored in f16 it is f16 where the processor computes in f32. The name of the primitive tells, such as
``brgemm_avx512_f32`` (seen so in releases 2024.4, 2025.0 and 2026.4).
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Iterable, Sequence

from clipperf.errors import Unsupported
from clipperf.runners.precision_word import precision_word

_HEAVY = ("convolution", "groupconvolution", "fullyconnected", "matmul", "gemm", "scaleddotproductattention")
_WORDS = {"f32": "fp32", "bf16": "bf16", "f16": "fp16", "i8": "int8", "u8": "int8", "i4": "int4", "u4": "int4"}
"""OpenVINO's words, as a precision of ours."""

_CAPABILITIES = {"FP32": "fp32", "BF16": "bf16", "FP16": "fp16", "INT8": "int8"}


def precision_ran(compiled: Any) -> str:
    """The precision of a compiled model as ``precision_of`` tells it, "" where its plugin tells no execution graph."""
    try:
        operations = compiled.get_runtime_model().get_ops()
    except RuntimeError:  # A plugin may have no such graph.
        return ""
    told = [operation.get_rt_info() for operation in operations]
    keys = ("layerType", "primitiveType", "runtimePrecision")
    return precision_of([_text(one, key) for key in keys] for one in told)


def precision_of(layers: Iterable[Sequence[str]]) -> str:
    """``precision_word`` of the heavy ones among layers: of each its type, primitive and precision as told."""
    heavy = [told for kind, *told in layers if kind.lower().replace("_", "") in _HEAVY]
    return precision_word(Counter(_word(primitive, precision) for primitive, precision in heavy))


def check_precision(asked: str, ran: str, device: str, capabilities: Iterable[str]) -> None:
    """Raises Unsupported where what ran is not what was asked for, or where nothing tells and the device cannot."""
    able = [_CAPABILITIES[name] for name in sorted(capabilities) if name in _CAPABILITIES]
    if not asked or ran == asked or (not ran and (asked in able or not able)):
        return
    happened = f"ran the model in {ran}" if ran else "does not tell what it runs"
    remedy = f"; it computes in {', '.join(able)}" if able else ""
    if asked == "int8":
        remedy += ", in int8 only what the model has quantised"
    raise Unsupported(f"--precision {asked}: OpenVINO's {device} {happened}{remedy}.")


def _word(primitive: str, precision: str) -> str:
    # FP32 and f32 are the same in different releases.
    computed, stored = (text.lower().replace("fp", "f") for text in (primitive.rpartition("_")[2], precision))
    return _WORDS.get(computed) or _WORDS.get(stored) or stored or "untold"


def _text(told: Any, key: str) -> str:
    return str(told[key].astype(str)) if key in told else ""
