"""The size of every dimension of an input: from the model, from ``--shape`` and from a file, which have to agree."""

from __future__ import annotations

from collections.abc import Sequence

from clipperf.models.signature import Dimension, Signature, TensorInfo

BATCH = "batch"
"""Stands in an input's dimensions where the batch size goes."""


class Misfit(Exception):
    """Dimensions that contradict each other or that nobody gave; the message is a sentence for the user."""


def resolve_dims(
    tensor: TensorInfo, signature: Signature, shape: Sequence[int] | None, file_dims: tuple[int, ...] | None
) -> tuple[int | str, ...]:
    """All dimensions of an input, `BATCH` first where the batch goes; raises `Misfit`.

    The first dimension is the batch, unless the model fixes it to another number than the first input's, or gives it
    another name: CLIP's texts are not as many as its images. ``shape`` holds the dimensions after the first; or all,
    where the first is not the batch.
    """
    model = _of_model(tensor, signature, shape, file_dims)
    given = _of_shape(tensor, model, shape)
    held: Sequence[Dimension] = file_dims if file_dims is not None else [None] * len(model)
    if not len(model) == len(given) == len(held):
        raise _contradiction(tensor, shape, file_dims)
    dims: list[int | str] = []
    for sizes in zip(model, given, held, strict=True):
        known = {size for size in sizes if isinstance(size, int)}
        if BATCH in sizes:
            dims.append(BATCH)
        elif len(known) > 1:
            raise _contradiction(tensor, shape, file_dims)
        elif not known:
            raise _open(tensor, model)
        else:
            dims.append(known.pop())
    return tuple(dims)


def _of_model(
    tensor: TensorInfo, signature: Signature, shape: Sequence[int] | None, file_dims: tuple[int, ...] | None
) -> list[Dimension]:
    """What the model says: `BATCH`, numbers, other names of the first dimension, None for whatever is open."""
    if tensor.dims is None:
        if shape is None and file_dims is None:
            raise Misfit(
                f"The model does not say how many dimensions the input '{tensor.name}' has; give those after the "
                f"batch, as in --shape {tensor.name}=3,224,224."
            )
        rank = len(shape) + 1 if shape is not None else len(file_dims or ())
        return [BATCH, *[None] * (rank - 1)]
    if not tensor.dims:
        return []
    first, *rest = tensor.dims
    leading = signature.inputs[0]
    is_batch = tensor == leading or first is None or (leading.dims is not None and first in leading.dims[:1])
    return [BATCH if is_batch else first, *(size if isinstance(size, int) else None for size in rest)]


def _of_shape(tensor: TensorInfo, model: Sequence[Dimension], shape: Sequence[int] | None) -> list[Dimension]:
    """What ``--shape`` says, in as many dimensions as the model has where that is possible."""
    if shape is None:
        return [None] * len(model)
    if any(size < 1 for size in shape):
        raise Misfit(f"{_flag(tensor, shape)}: every dimension must be 1 or more.")
    if len(shape) == len(model) and BATCH not in model:
        return list(shape)
    # Without a number for it, a first dimension of another name goes with the batch.
    first = None if model and isinstance(model[0], int) else BATCH
    return [first, *shape]


def _contradiction(tensor: TensorInfo, shape: Sequence[int] | None, file_dims: tuple[int, ...] | None) -> Misfit:
    parts = []
    if tensor.dims is not None:
        parts.append(f"the model takes {_words(tensor.dims)}")
    if shape is not None:
        parts.append(f"{_flag(tensor, shape)} was given (the dimensions after the batch)")
    if file_dims is not None:
        parts.append(f"the file of --input {tensor.name} holds {_words(file_dims)}")
    return Misfit(f"The dimensions of the input '{tensor.name}' contradict each other: {', '.join(parts)}.")


def _open(tensor: TensorInfo, model: Sequence[Dimension]) -> Misfit:
    sizes = [str(size) if isinstance(size, int) else f"<{size or 'size'}>" for size in (tensor.dims or ())]
    after_batch = ",".join(sizes[1:])
    if model[0] == BATCH:
        return Misfit(
            f"The model leaves dimensions of the input '{tensor.name}' open; give all of those after the batch with "
            f"--shape {tensor.name}={after_batch}."
        )
    return Misfit(
        f"The first dimension of the input '{tensor.name}' has another name than the batch; give a number for it with "
        f"--shape {tensor.name}={','.join(sizes)}, or let it go with the batch: --shape {tensor.name}={after_batch}."
    )


def _flag(tensor: TensorInfo, shape: Sequence[int]) -> str:
    return f"--shape {tensor.name}={','.join(map(str, shape))}"


def _words(dims: Sequence[Dimension]) -> str:
    return "×".join(str(size) if size is not None else "?" for size in dims)
