"""What a layout is: how a library names, cuts and turns the tensors of the networks that clipperf builds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipperf.models.architecture import Architecture
from clipperf.models.parameters import Parameter

Numbers = NDArray[np.float32]


@dataclass(frozen=True)
class Piece:
    """A tensor as the file must hold it."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Origin:
    """The pieces that hold a parameter's numbers; ``join`` makes an array of the parameter's shape of them."""

    parameter: Parameter
    pieces: tuple[Piece, ...]
    join: Callable[[Sequence[Numbers]], Numbers]


@dataclass(frozen=True)
class Layout:
    """One library's form of a checkpoint.

    A file is of this layout if it holds one of ``marks``. ``activation`` is what this library's own checkpoints were
    trained with, one of ``layers.ACTIVATIONS``. ``origins`` gives every parameter's origin, or None for an
    architecture that the library does not have.
    """

    name: str
    marks: tuple[str, ...]
    activation: str
    origins: Callable[[Architecture], tuple[Origin, ...] | None]


def same(parameter: Parameter, name: str) -> Origin:
    """One tensor, as it is."""
    return Origin(parameter, (Piece(name, parameter.shape),), lambda parts: parts[0])


def turned(parameter: Parameter, name: str) -> Origin:
    """One matrix, rows and columns exchanged."""
    return Origin(parameter, (Piece(name, parameter.shape[::-1]),), lambda parts: parts[0].T)


def stacked(parameter: Parameter, names: Sequence[str]) -> Origin:
    """Equal pieces of the first axis, one tensor each: queries, keys and values."""
    shape = (parameter.shape[0] // len(names), *parameter.shape[1:])
    return Origin(parameter, tuple(Piece(name, shape) for name in names), np.concatenate)
