"""What goes into a model and what comes out: names, types and dimensions, of the catalogue's and of any ONNX file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from clipperf.errors import UsageError

if TYPE_CHECKING:
    import onnx

Dimension = int | str | None
"""A fixed size, the name of a dynamic one, or None where the file says nothing."""


@dataclass(frozen=True)
class TensorInfo:
    """One input or output; ``dtype`` in numpy's words; ``dims`` is None where not even the number of axes is known."""

    name: str
    dtype: str
    dims: tuple[Dimension, ...] | None

    def __str__(self) -> str:
        dims = "?" if self.dims is None else "×".join("?" if dim is None else str(dim) for dim in self.dims)
        return f"{self.name} {self.dtype} {dims}"

    def with_sizes(self, sizes: Mapping[str, int]) -> TensorInfo:
        """The same tensor with some of its named dimensions fixed."""
        if self.dims is None:
            return self
        return replace(self, dims=tuple(sizes.get(dim, dim) if isinstance(dim, str) else dim for dim in self.dims))


@dataclass(frozen=True)
class Signature:
    """Inputs and outputs in the file's order, weights excluded."""

    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]

    @property
    def fixed_batch(self) -> int | None:
        """The only batch size that the model takes, None where the batch is dynamic.

        The batch is the first dimension of the first input.
        """
        dims = self.inputs[0].dims if self.inputs else None
        first = dims[0] if dims else None
        return first if isinstance(first, int) else None

    def with_sizes(self, sizes: Mapping[str, int]) -> Signature:
        """The same signature with some of its named dimensions fixed."""
        return Signature(
            tuple(tensor.with_sizes(sizes) for tensor in self.inputs),
            tuple(tensor.with_sizes(sizes) for tensor in self.outputs),
        )


def read_signature(path: Path) -> Signature:
    """Inputs and outputs of an ONNX file; tensors kept in other files are not read.

    Raises `UsageError` where the file is missing, cut short, or no ONNX model.
    """
    import onnx
    from google.protobuf.message import DecodeError

    try:
        graph = onnx.load(path, load_external_data=False).graph
    except OSError as error:
        raise UsageError(
            f"The model '{path}' cannot be read ({error.strerror}); give the path of an ONNX file, or a name that "
            "`clipperf models` lists."
        ) from None
    except DecodeError:
        raise UsageError(
            f"The model '{path}' is cut short, larger than 2 GB or no ONNX file; export or copy it again."
        ) from None
    if not graph.output:
        raise UsageError(f"The model '{path}' is not an ONNX file: it has no outputs; export or copy it again.")
    # Files older than IR version 4 list their weights among the inputs.
    weights = {tensor.name for tensor in graph.initializer}
    return Signature(
        tuple(_tensor(value) for value in graph.input if value.name not in weights),
        tuple(_tensor(value) for value in graph.output),
    )


def _tensor(value: onnx.ValueInfoProto) -> TensorInfo:
    import onnx

    tensor = value.type.tensor_type
    name = onnx.TensorProto.DataType.Name(tensor.elem_type).lower()
    dtype = {"float": "float32", "double": "float64"}.get(name, name)
    dims = tuple(_dimension(dim) for dim in tensor.shape.dim) if tensor.HasField("shape") else None
    return TensorInfo(value.name, dtype, dims)


def _dimension(dim: onnx.TensorShapeProto.Dimension) -> Dimension:
    # Some exporters write 0 or -1 for a size that is not fixed.
    if dim.HasField("dim_value") and dim.dim_value > 0:
        return int(dim.dim_value)
    return dim.dim_param or None
