"""The model that is to be converted: one of the catalogue, or a file of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from clipperf.convert.conversion import Input, Source
from clipperf.errors import UsageError
from clipperf.models.build import cached_path
from clipperf.models.catalogue import find
from clipperf.models.dimensions import BATCH
from clipperf.models.inputs import InputSpec, catalogue_inputs, resolve_inputs
from clipperf.models.signature import read_signature
from clipperf.models.torchscript_signature import read_torchscript_signature


def of_catalogue(name: str, shapes: Mapping[str, Sequence[int]], opset: int) -> Source:
    """A model by name, at the path where `build` puts its ONNX file; raises UsageError for unknown names and shapes."""
    model = find(name)
    return Source(model.name, cached_path(model.name, opset=opset), _inputs(catalogue_inputs(model, shapes)))


def of_file(path: Path, shapes: Mapping[str, Sequence[int]], batches: Sequence[int]) -> Source:
    """A model in an ONNX file; raises UsageError where it cannot be read, or is fixed to another batch size."""
    signature = read_signature(path)
    fixed = signature.fixed_batch
    if fixed is not None and set(batches) != {fixed}:
        raise UsageError(
            f"--batch {','.join(map(str, batches))}: {path} is fixed to batch size {fixed}; give that, or export it "
            "with a dynamic one."
        )
    return Source(path.stem, path, _inputs(resolve_inputs(signature, shapes, {})))


def of_torchscript(path: Path, shapes: Mapping[str, Sequence[int]]) -> Source:
    """A traced model, which may be elsewhere; one that clipperf wrote tells its inputs.

    Raises UsageError for another ending, and where nothing tells the inputs.
    """
    if path.suffix != ".pt":
        raise UsageError(
            f"'{path}': the conversion begins with TorchScript; give a .pt file as torch.jit.save writes it."
        )
    signature = read_torchscript_signature(path)
    if signature is not None:
        return Source(path.stem, path, _inputs(resolve_inputs(signature, shapes, {})))
    if not shapes:
        raise UsageError(
            f"--shape: TorchScript does not tell its inputs; name those of {path.name} in their order, such as --shape "
            "image=3,224,224. A file of `clipperf models build NAME --as torchscript` tells them."
        )
    return Source(path.stem, path, tuple(Input(name, (BATCH, *dims)) for name, dims in shapes.items()))


def _inputs(specs: Sequence[InputSpec]) -> tuple[Input, ...]:
    return tuple(Input(spec.name, spec.dims) for spec in specs)
