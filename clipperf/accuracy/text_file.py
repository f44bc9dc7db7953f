"""What the text tower in an ONNX file takes: how many ids in a row, out of how many."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clipperf.accuracy.tokeniser import CLIP_VOCABULARY
from clipperf.errors import UsageError
from clipperf.models.signature import read_signature

if TYPE_CHECKING:
    import onnx

_PASSING = ("Cast", "Identity")
"""Nodes that give ids on as they are."""


@dataclass(frozen=True)
class TextFacts:
    """Ids in a row, and how many there are to choose from."""

    context: int
    vocabulary: int


def read_text_facts(path: Path) -> TextFacts:
    """The facts of a file; the vocabulary is that of the table which the ids index, CLIP's where none is found.

    Raises UsageError where the file cannot be read or takes anything but rows of ids of a fixed length.
    """
    import onnx

    inputs = read_signature(path).inputs
    dims = inputs[0].dims or () if len(inputs) == 1 else ()
    if len(dims) != 2 or not isinstance(dims[1], int) or not inputs[0].dtype.startswith("int"):
        raise UsageError(
            f"--text {path}: it takes {', '.join(map(str, inputs))}; one input of batch × context ids is needed, such "
            "as `clipperf models build text` writes it."
        )
    graph = onnx.load(path, load_external_data=False).graph
    return TextFacts(dims[1], _rows_indexed(graph, inputs[0].name) or CLIP_VOCABULARY)


def _rows_indexed(graph: onnx.GraphProto, ids: str) -> int | None:
    tables = {tensor.name: tensor.dims for tensor in graph.initializer}
    passed = {ids}
    # Nodes stand in an order in which each comes after what it needs.
    for node in graph.node:
        if node.op_type in _PASSING and node.input[0] in passed:
            passed.add(node.output[0])
        elif node.op_type == "Gather" and node.input[1] in passed and node.input[0] in tables:
            return int(tables[node.input[0]][0])
    return None
