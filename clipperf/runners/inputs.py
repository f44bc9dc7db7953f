"""Batches of input data, drawn from a seed and a short description of each input."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

import numpy as np

from clipperf.errors import Unsupported, UsageError
from clipperf.runners.base import Signature, Tensor


def draw_inputs(
    signature: Signature, described: Sequence[Mapping[str, Any]], batch_size: int, seed: int
) -> dict[str, np.ndarray]:
    """One C-contiguous array for every input of the signature, with its dtype.

    ``described`` says of an input by name its ``dims`` ("batch" where the batch size goes), its ``kind`` (normal,
    integers, tokens, file), ``low``, ``high`` and ``path``; what it leaves out is taken from the signature. Raises
    UsageError where it names an input that is not there, Unsupported where the model's own dimensions do not allow
    this batch.
    """
    by_name = {entry["name"]: entry for entry in described}
    unknown = sorted(set(by_name) - {tensor.name for tensor in signature.inputs})
    if unknown:
        raise UsageError(
            f"--shape or --input names {', '.join(unknown)}; the model's inputs are "
            f"{', '.join(tensor.name for tensor in signature.inputs)}."
        )
    generator = np.random.default_rng(seed)
    return {
        tensor.name: _draw(tensor, by_name.get(tensor.name, {}), batch_size, generator) for tensor in signature.inputs
    }


def denormal_share(inputs: Mapping[str, np.ndarray]) -> float:
    """The share of denormal numbers among the floating-point inputs, which many processors compute far slower."""
    floats = [array for array in inputs.values() if array.dtype.kind == "f"]
    values = sum(array.size for array in floats)
    denormal = sum(int(((array != 0) & (np.abs(array) < np.finfo(array.dtype).tiny)).sum()) for array in floats)
    return denormal / values if values else 0.0


def _draw(tensor: Tensor, described: Mapping[str, Any], batch_size: int, generator: np.random.Generator) -> np.ndarray:
    dims = list(described["dims"]) if "dims" in described else _dims_of(tensor)
    shape = tuple(batch_size if dim == "batch" else int(dim) for dim in dims)
    _check_shape(tensor, shape, batch_size)
    dtype = np.dtype(tensor.dtype)
    kind = described.get("kind") or ("normal" if dtype.kind == "f" else "integers")
    if kind == "file":
        drawn = _from_file(described["path"], shape, dtype)
    elif kind == "tokens":
        drawn = _tokens(shape, int(described["high"]), generator)
    elif kind == "integers":
        drawn = generator.integers(int(described.get("low") or 0), int(described.get("high") or 2), size=shape)
    else:
        drawn = generator.standard_normal(size=shape, dtype=np.float32)
    # Not ascontiguousarray, which gives a number without dimensions one of them.
    return np.asarray(drawn, dtype=dtype, order="C")


def _dims_of(tensor: Tensor) -> Sequence[Any]:
    unknown = [axis for axis, dim in enumerate(tensor.shape) if dim is None and axis > 0]
    if unknown:
        raise UsageError(
            f"Input {tensor.name} has unknown dimensions {unknown} in {tensor.shape}; give all after the batch, "
            f"such as --shape {tensor.name}=3,224,224."
        )
    return ["batch", *tensor.shape[1:]] if tensor.shape else []


def _check_shape(tensor: Tensor, shape: tuple[int, ...], batch_size: int) -> None:
    if len(shape) != len(tensor.shape):
        raise UsageError(
            f"Input {tensor.name} takes {len(tensor.shape)} dimensions {tensor.shape}, {shape} were given."
        )
    for axis, (fixed, asked) in enumerate(zip(tensor.shape, shape)):
        if fixed is None or fixed == asked:
            continue
        if axis == 0 and asked == batch_size:
            raise Unsupported(
                f"The model's batch is fixed at {fixed} (input {tensor.name}), batch size {batch_size} was asked for; "
                "build it with a dynamic batch, or give a file for each batch size."
            )
        raise UsageError(f"Input {tensor.name} has {fixed} in dimension {axis} of {tensor.shape}, {asked} was given.")


def _tokens(shape: tuple[int, ...], vocabulary: int, generator: np.random.Generator) -> np.ndarray:
    """Rows as CLIP's tokeniser makes them: start, words, end (the largest id, which the model looks for), zeros."""
    rows = generator.integers(1, vocabulary - 2, size=shape)
    rows[..., 0] = vocabulary - 2
    length = shape[-1]
    ends = generator.integers(min(2, length - 1), length, size=shape[:-1])[..., np.newaxis]
    place = np.arange(length)
    rows = np.where(place == ends, vocabulary - 1, rows)
    return np.where(place > ends, 0, rows)


def _from_file(path: str, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """The first samples of an .npy file, from its beginning again where the batch is larger than the file."""
    data = np.load(path, mmap_mode="r", allow_pickle=False)
    if data.shape[1:] != shape[1:] or not len(data):
        raise UsageError(f"--input {path}: it holds {data.shape}, dimensions {shape[1:]} after the batch are needed.")
    return np.take(data, np.arange(shape[0]) % len(data), axis=0).astype(dtype)
