"""Finds a catalogue model's weights in a file: whole and of the right sizes, or refused tensor by tensor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from clipperf.errors import ProfileError, UsageError
from clipperf.models.build import sha256_of
from clipperf.models.catalogue import Model, catalogue, find
from clipperf.models.checkpoint import Checkpoint
from clipperf.models.layouts import LAYOUTS, Layout, Origin
from clipperf.models.tensor_file import Tensor, open_tensor_file
from clipperf.models.told_activation import told_activation

_SHOWN_NAMES = 5


def open_checkpoint(path: Path, name: str) -> Checkpoint:
    """The weights of the catalogue model ``name`` in a file of any layout of ``layouts``.

    Raises `UsageError` for a file that cannot be read or is of no layout that is known or of one without such a model,
    `ProfileError` with every tensor that is missing, is of another shape or type, or belongs to a deeper network.
    """
    model, file = find(name), open_tensor_file(path)
    flag = f"--weights {path}"
    layout = _layout_of(file.tensors, flag)
    origins = layout.origins(model.architecture)
    if origins is None:
        raise UsageError(f"{flag}: the file is of the layout {layout.name}, which does not have '{model.name}'.")
    problems = _problems(origins, file.tensors)
    if problems:
        fitting = [other.name for other in catalogue().values() if _fits(other, layout, file.tensors)]
        hint = f"the file fits {' and '.join(fitting)}" if fitting else "the file fits no model of the catalogue"
        head = f"{flag}: the file, of the layout {layout.name}, is not of '{model.name}' ({hint}):"
        raise ProfileError([head, *problems])
    activation, activation_from = told_activation(path, layout)
    unused = set(file.tensors) - _names(origins)
    known = _patterns(layout)
    unknown = sorted(tensor for tensor in unused if _pattern(tensor) not in known)
    return Checkpoint(
        path=path,
        sha256=sha256_of(path),
        layout=layout.name,
        activation=activation,
        activation_from=activation_from,
        of_other_parts=len(unused) - len(unknown),
        unknown=(*unknown, *file.other_sets),
        origins={origin.parameter.name: origin for origin in origins},
        file=file,
    )


def _layout_of(tensors: Mapping[str, Tensor], flag: str) -> Layout:
    for layout in LAYOUTS:
        if any(mark in tensors for mark in layout.marks):
            return layout
    known = ", ".join(dict.fromkeys(layout.name for layout in LAYOUTS))
    first = ", ".join(sorted(tensors)[:_SHOWN_NAMES]) or "nothing"
    raise UsageError(f"{flag}: the tensors are of no layout that is known ({known}); the file begins with {first}.")


def _problems(origins: tuple[Origin, ...], tensors: Mapping[str, Tensor]) -> list[str]:
    pieces = [piece for origin in origins for piece in origin.pieces]
    problems = []
    for piece in pieces:
        tensor = tensors.get(piece.name)
        if tensor is None:
            problems.append(f"{piece.name} is missing; it should be {_dims(piece.shape)}.")
        elif tensor.shape != piece.shape:
            problems.append(f"{piece.name} is {_dims(tensor.shape)}; it should be {_dims(piece.shape)}.")
        elif not tensor.is_float:
            problems.append(f"{piece.name} does not hold floating-point numbers; give the weights before quantisation.")
    # A deeper network of the same width would otherwise lose its last blocks without a word.
    names = _names(origins)
    wanted = {_pattern(name) for name in names}
    deeper = sorted(name for name in set(tensors) - names if _pattern(name) in wanted)
    problems += [f"{name} is of a block that the model does not have." for name in deeper]
    return problems


def _fits(model: Model, layout: Layout, tensors: Mapping[str, Tensor]) -> bool:
    origins = layout.origins(model.architecture)
    return origins is not None and not _problems(origins, tensors)


def _patterns(layout: Layout) -> set[str]:
    """Every name that some network of the layout has, whatever its depth."""
    found = (layout.origins(model.architecture) for model in catalogue().values())
    return {_pattern(name) for origins in found for name in _names(origins or ())}


def _names(origins: tuple[Origin, ...]) -> set[str]:
    return {piece.name for origin in origins for piece in origin.pieces}


def _pattern(name: str) -> str:
    return re.sub(r"\d+", "#", name)


def _dims(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "a single number"
