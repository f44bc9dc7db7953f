"""How each input of a model is made, as a description that travels to the measuring process; nothing is drawn here."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from clipperf.errors import ProfileError
from clipperf.models.architecture import Clip, ClipText
from clipperf.models.array_file import read_dims
from clipperf.models.catalogue import Model
from clipperf.models.dimensions import Misfit, resolve_dims
from clipperf.models.signature import Signature, TensorInfo

_FLOATS = ("float16", "float32", "float64")
_INTEGERS = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")


@dataclass(frozen=True)
class InputSpec:
    """One input: ``dtype`` in numpy's words, ``dims`` with the word ``batch`` where the batch size goes.

    ``kind`` says what to fill it with:

    - ``normal``: standard normal deviates, as a normalised image has them;
    - ``tokens``: rows of CLIP token ids out of a vocabulary of ``high``: ``high - 2`` (start) first, then ids from 1 to
      ``high - 3``, then ``high - 1`` (end) at a place that differs from row to row, zeros after it;
    - ``integers``: evenly, ``low`` ≤ x < ``high``;
    - ``file``: the rows of the .npy file at ``path``.
    """

    name: str
    dtype: str
    dims: tuple[int | str, ...]
    kind: str
    low: int | None = None
    high: int | None = None
    path: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The fields, as JSON can hold them."""
        return {**asdict(self), "dims": list(self.dims)}


def catalogue_inputs(
    model: Model, shapes: Mapping[str, Sequence[int]] | None = None, files: Mapping[str, Path] | None = None
) -> tuple[InputSpec, ...]:
    """The inputs of a catalogue model: images of standard normal pixels, texts of its own vocabulary.

    ``shapes`` and ``files`` as for `resolve_inputs`, which also says what is raised; `clip` gets 100 texts unless
    ``shapes`` says otherwise.
    """
    usual: dict[str, Sequence[int]] = {}
    vocabulary = 0
    if isinstance(model.architecture, ClipText):
        vocabulary = model.architecture.vocabulary
    elif isinstance(model.architecture, Clip):
        text = model.architecture.text
        vocabulary = text.vocabulary
        usual = {} if "text" in (files or {}) else {"text": (model.architecture.texts, text.context)}
    specs = resolve_inputs(model.signature, {**usual, **(shapes or {})}, files or {})
    return tuple(replace(spec, kind="tokens", high=vocabulary) if spec.kind == "integers" else spec for spec in specs)


def resolve_inputs(
    signature: Signature, shapes: Mapping[str, Sequence[int]], files: Mapping[str, Path]
) -> tuple[InputSpec, ...]:
    """The inputs of any model, from its signature and what the user adds.

    ``shapes`` (``--shape NAME=3,224,224``) gives the dimensions after the batch, or all of them where the first is not
    the batch; ``files`` (``--input NAME=FILE.npy``) replaces drawn numbers.

    Integers and booleans are drawn from 0 and 1, the only two values that are in range for nearly everything an integer
    may mean: a token id, a position, a segment, a mask. Raises `ProfileError` with every problem at once.
    """
    names = [tensor.name for tensor in signature.inputs]
    problems = [*_unknown("--shape", shapes, names), *_unknown("--input", files, names)]
    specs = []
    for tensor in signature.inputs:
        try:
            specs.append(_spec(tensor, signature, shapes.get(tensor.name), files.get(tensor.name)))
        except Misfit as misfit:
            problems.append(str(misfit))
    if problems:
        raise ProfileError(problems)
    return tuple(specs)


def _unknown(flag: str, given: Iterable[str], names: list[str]) -> list[str]:
    problems = []
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            problems.append(f"{flag} names the input '{name}'; the model has {', '.join(names)}.{hint}")
    return problems


def _spec(tensor: TensorInfo, signature: Signature, shape: Sequence[int] | None, file: Path | None) -> InputSpec:
    if tensor.dtype not in _FLOATS + _INTEGERS:
        raise Misfit(
            f"The input '{tensor.name}' holds {tensor.dtype}, which clipperf cannot fill; export the model with inputs "
            f"of one of {', '.join(_FLOATS + _INTEGERS)}."
        )
    file_dims = read_dims(tensor, file) if file is not None else None
    dims = resolve_dims(tensor, signature, shape, file_dims)
    if file is not None:
        return InputSpec(tensor.name, tensor.dtype, dims, "file", path=str(file))
    if tensor.dtype in _FLOATS:
        return InputSpec(tensor.name, tensor.dtype, dims, "normal")
    return InputSpec(tensor.name, tensor.dtype, dims, "integers", low=0, high=2)
