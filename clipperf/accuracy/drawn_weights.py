"""Whether the weights of a file are random numbers, of which the answers mean nothing."""

from __future__ import annotations

from pathlib import Path

_SAYS_SO = "not trained"
"""How clipperf describes what it builds without a checkpoint, in the graph's own words."""


def has_drawn_weights(path: Path) -> bool:
    """Whether an ONNX file says of itself that clipperf built it of drawn weights."""
    import onnx

    return _SAYS_SO in onnx.load(path, load_external_data=False).graph.doc_string
