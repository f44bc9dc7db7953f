"""Shapes on command lines: ours with x and colons, bmrt_test's with brackets and commas."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clipperf.errors import Unsupported

BATCH = "{batch}"
_DIMENSION = r"(?:[1-9][0-9]{0,8}|\{batch\})"
_SHAPES = re.compile(rf"{_DIMENSION}(?:x{_DIMENSION})*(?::{_DIMENSION}(?:x{_DIMENSION})*)*")


def read_shapes(key: str, text: str, batch_size: int) -> tuple[tuple[int, ...], ...]:
    """The shapes of ``{batch}x3x224x224:{batch}x77``, one an input; raises Unsupported for what is none."""
    if not _SHAPES.fullmatch(text):
        raise Unsupported(
            f"--option {key}={text}: give the dimensions of every input with x between and a colon between two inputs, "
            f"such as {key}={{batch}}x3x224x224:{{batch}}x77; {{batch}} is the batch size of the case."
        )
    filled = text.replace(BATCH, str(batch_size))
    return tuple(tuple(int(dim) for dim in shape.split("x")) for shape in filled.split(":"))


def as_argument(shapes: Sequence[Sequence[int]]) -> str:
    """As bmrt_test reads them: ``[8,3,224,224],[8,77]``."""
    return ",".join(f"[{','.join(map(str, shape))}]" for shape in shapes)


def as_option(argument: str, batch_size: int | None) -> str:
    """An argument of a log in the form of ours, with ``{batch}`` where the batch size stands first."""
    shapes = [re.findall(r"[0-9]+", shape) for shape in re.findall(r"\[([0-9, ]*)\]", argument)]
    return ":".join(
        "x".join([BATCH if shape[0] == str(batch_size) else shape[0], *shape[1:]]) for shape in shapes if shape
    )
