"""A graph while it is written: nodes, small constants, and which parameters it asks for; no weight is held.

Where two opsets spell the same operator differently, the difference stands here and nowhere else. Nodes and outputs
share one name, the path in the network (``visual.transformer.resblocks.3.attn.softmax``), so that a vendor's
layer-by-layer profile can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from clipperf.models.parameters import Parameter

Attribute = int | float | list[int]


@dataclass(frozen=True)
class Stored:
    """A parameter as the file holds it; a linear layer's weight is turned to inputs × outputs, as MatMul takes it."""

    name: str
    parameter: Parameter
    is_transposed: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """Dimensions in the file."""
        return self.parameter.shape[::-1] if self.is_transposed else self.parameter.shape


class Draft:
    """Collects a graph for one opset; every method that adds a node returns the name of its output."""

    def __init__(self, opset: int) -> None:
        self.opset = opset
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}
        self.parameters: dict[str, Stored] = {}
        self.shapes: list[onnx.ValueInfoProto] = []

    def node(self, op: str, inputs: list[str], name: str, **attributes: Attribute) -> str:
        """One node with one output."""
        return self._add(op, inputs, [name], attributes)[0]

    def parameter(self, parameter: Parameter) -> str:
        """The parameter in the shape of its state dict."""
        self.parameters[parameter.name] = Stored(parameter.name, parameter, is_transposed=False)
        return parameter.name

    def transposed(self, parameter: Parameter) -> str:
        """A matrix, rows and columns exchanged before it is stored, so that no node has to do it."""
        name = f"{parameter.name}.T"
        self.parameters[name] = Stored(name, parameter, is_transposed=True)
        return name

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        """A small tensor that belongs to the graph; the same name is stored once."""
        self.constants[name] = numpy_helper.from_array(values, name)
        return name

    def scalar(self, value: float) -> str:
        """A float32 scalar, stored once a value."""
        return self.constant(f"scalar.{value}", np.array(value, dtype=np.float32))

    def integers(self, values: list[int]) -> str:
        """An int64 vector, stored once a value: the shapes, axes and sizes that newer opsets take as inputs."""
        return self.constant("integers." + "_".join(map(str, values)), np.array(values, dtype=np.int64))

    def reduce(self, op: str, value: str, axis: int, name: str, *, keep: bool) -> str:
        """A reduction over one axis. Axes became an input of ReduceSum at opset 13, of the others at 18."""
        if self.opset >= (13 if op == "ReduceSum" else 18):
            return self.node(op, [value, self.integers([axis])], name, keepdims=int(keep))
        return self.node(op, [value], name, axes=[axis], keepdims=int(keep))

    def split(self, value: str, sizes: list[int], names: list[str]) -> list[str]:
        """Pieces of the last axis. Sizes became an input at opset 13."""
        if self.opset >= 13:
            return self._add("Split", [value, self.integers(sizes)], names, {"axis": -1})
        return self._add("Split", [value], names, {"axis": -1, "split": sizes})

    def declare(self, name: str, dims: tuple[int | str, ...]) -> None:
        """States the shape of a float32 value that shape inference cannot find by itself."""
        self.shapes.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, dims))

    def _add(self, op: str, inputs: list[str], outputs: list[str], attributes: Mapping[str, Attribute]) -> list[str]:
        node = helper.make_node(op, inputs, outputs, name=outputs[0])
        node.attribute.extend(helper.make_attribute(key, attributes[key]) for key in sorted(attributes))
        self.nodes.append(node)
        return outputs
