"""The precision in which onnxruntime really runs a model: that of the heavy operators of a request that it profiled.

A file's own types do not say it. Where a provider has no kernel for a type, onnxruntime puts casts around the operator
and runs it in fp32: so does its CPU provider with fp16 on x86 (seen in release 1.31, MatMul between two casts), without
a word. The profile tells of every operator that ran, which types went in.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import weakref
from collections import Counter
from typing import Any, Iterable, Iterator, Mapping

from clipperf.errors import Unsupported
from clipperf.runners.precision_word import precision_word

PRECISIONS = frozenset({"", "fp32", "fp16", "int8"})
"""Those that a file is in. Some providers have bfloat16 as well, but no library that is kept writes such a file."""

VARIANTS = frozenset({"fp16", "int8"})
"""onnxruntime converts nothing by itself."""

_HEAVY = ("Attention", "Conv", "FusedConv", "FusedGemm", "FusedMatMul", "Gemm", "MatMul", "MultiHeadAttention",
          "NhwcFusedConv")  # fmt: skip
_QUANTISED = ("ConvInteger", "DynamicQuantizeMatMul", "MatMulInteger", "MatMulIntegerToFloat", "QAttention", "QGemm",
              "QLinearConv", "QLinearMatMul")  # fmt: skip
_WORDS = {"float": "fp32", "float16": "fp16", "bfloat16": "bf16", "double": "fp64"}
_KERNEL = "_kernel_time"


class Profiling:
    """Profiling of a session from its beginning until ``end``; it costs some microseconds an operator."""

    def __init__(self, session_options: Any) -> None:
        folder = tempfile.mkdtemp(prefix="clipperf-")
        # Also of a session that nobody runs or closes; a TemporaryDirectory would warn of it.
        self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        session_options.enable_profiling = True
        session_options.profile_file_prefix = os.path.join(folder, "first")

    def end(self, session: Any) -> list[Mapping[str, Any]]:
        """All events so far; from now on the session is profiled no more."""
        path = session.end_profiling()
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                events: list[Mapping[str, Any]] = json.load(file)
        finally:
            self._remove()
        return events


def precision_in(events: Iterable[Mapping[str, Any]], provider: str) -> str:
    """``precision_word`` of the heavy operators that a provider ran; "" where it ran the model as one piece."""
    heavy: Counter[str] = Counter()
    for told in kernels_in(events):
        if told.get("provider") == provider:
            word = _word(told.get("op_name", ""), told.get("input_type_shape", ()))
            heavy.update([word] if word else [])
    return precision_word(heavy)


def kernels_in(events: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """What is told of each operator that ran."""
    for event in events:
        if str(event.get("name", "")).endswith(_KERNEL):
            yield event.get("args", {})


def check_precision(asked: str, ran: str, provider: str) -> None:
    """Raises Unsupported where what ran is not what was asked for."""
    if asked and ran and ran != asked:
        how = " between casts" if asked == "fp16" else ""
        raise Unsupported(
            f"--precision {asked}: onnxruntime's {provider} has run the model's products in {ran}{how}; give "
            f"--precision {ran}, or a provider or runner that computes in {asked}."
        )


def _word(operator: str, inputs: Iterable[Mapping[str, Any]]) -> str:
    if operator in _QUANTISED:
        return "int8"
    if operator not in _HEAVY:
        return ""
    # Releases such as 1.10 tell the operators and not their types.
    first: Mapping[str, Any] = next(iter(inputs), {})
    return next((_WORDS.get(name, name) for name in first), "")
