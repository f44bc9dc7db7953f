"""Brings one ONNX file to another precision, as a program of its own: ``python -m clipperf.models.variant_program``.

A conversion holds the model several times over in memory, and its libraries write to the standard streams as they
like: neither belongs into the command that measures. The order stands in the JSON file that is the only argument; what
is needed on the way only is written beside it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np


def main() -> None:
    """Carries out the order."""
    order_file = Path(sys.argv[1])
    order = json.loads(order_file.read_text(encoding="utf-8"))
    source, output, settings = Path(order["source"]), Path(order["output"]), order["settings"]
    if order["precision"] == "fp16":
        _to_fp16(source, output, settings)
        return
    from onnxruntime.quantization.shape_inference import quant_pre_process

    # The symbolic inference of shapes needs sympy and adds nothing to what ONNX's own finds in transformers.
    folded = order_file.with_name("folded.onnx")
    quant_pre_process(source, folded, skip_symbolic_shape=True)
    _to_int8(folded, output, settings, [Path(path) for path in order["feeds"]])


def _to_fp16(source: Path, output: Path, settings: Mapping[str, Any]) -> None:
    import onnx
    from onnxruntime.transformers.float16 import convert_float_to_float16

    onnx.save(convert_float_to_float16(onnx.load(source), **settings), output)


def _to_int8(source: Path, output: Path, settings: Mapping[str, Any], feeds: Sequence[Path]) -> None:
    """Calibrated with the ``feeds``, or by ranges that every request finds anew where there are none."""
    from onnxruntime.quantization import QuantType, quantize_dynamic, quantize_static

    types = {key: QuantType.from_string(value) for key, value in settings.items() if key.endswith("_type")}
    if feeds:
        quantize_static(source, output, _reader(feeds), **{**settings, **types})
    else:
        quantize_dynamic(source, output, **{**settings, **types})


def _reader(paths: Sequence[Path]) -> Any:
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):  # type: ignore[misc]  # the library has no types
        """One request at a time, from its file."""

        def __init__(self) -> None:
            self._feeds = _feeds(paths)

        def get_next(self) -> dict[str, np.ndarray] | None:
            """The next request, None after the last."""
            return next(self._feeds, None)

    return Reader()


def _feeds(paths: Sequence[Path]) -> Iterator[dict[str, np.ndarray]]:
    for path in paths:
        with np.load(path, allow_pickle=False) as stored:
            names = stored["names"].tolist()
            yield {name: stored[f"values{place}"] for place, name in enumerate(names)}


if __name__ == "__main__":
    main()
