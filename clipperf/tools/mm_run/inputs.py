"""The inputs of the model: the shape that each is given, and the one whose batch counts.

mm_run wants a top dimension for every input, and where they differ it counts the largest as the samples of an
iteration (Cambricon's ``shape_groups.cc``): a CLIP with 32 images and 100 texts passes for 100 samples. So the user
says which inputs the batch size is for, by ``{batch}`` in its place: ``--option input_batches={batch}:100``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from clipperf.errors import Unsupported
from clipperf.runners.base import Option

BATCH = "{batch}"
_BATCHES = re.compile(r"(\{batch\}|[1-9]\d{0,8})")
_DIMS = re.compile(r"(\{batch\}|[1-9]\d{0,8})(x[1-9]\d{0,8})*|_")
_SCALAR = "_"


@dataclass(frozen=True)
class Inputs:
    """What is given to mm_run for its inputs, and ``counted``: the place of the first input that the batch is for."""

    arguments: tuple[str, ...]
    batches: tuple[int | None, ...]
    counted: int


def read_inputs(options: Mapping[str, Option], batch_size: int) -> Inputs:
    """The inputs as the options have them, by default a single one; raises Unsupported for what cannot be read."""
    if "input_batches" in options and "input_dims" in options:
        raise Unsupported(
            "--option input_batches and --option input_dims: the dimensions hold the batch already; leave "
            "input_batches away."
        )
    if "input_dims" in options:
        shapes = _parts("input_dims", options["input_dims"], _DIMS, "{batch}x3x224x224:100x77, _ for a scalar")
        filled = [shape.replace(BATCH, str(batch_size)) for shape in shapes]
        arguments = ("--input_dims", *(shape.replace("x", ",") for shape in filled))
        tops = tuple(None if shape == _SCALAR else int(shape.partition("x")[0]) for shape in filled)
        return Inputs(arguments, tops, _counted(shapes))
    batches = _parts("input_batches", options.get("input_batches", BATCH), _BATCHES, "{batch}:100")
    filled = [batch.replace(BATCH, str(batch_size)) for batch in batches]
    return Inputs(("--batch_size", *filled), tuple(map(int, filled)), _counted(batches))


def _parts(key: str, value: Option, allowed: re.Pattern[str], example: str) -> list[str]:
    parts = str(value).split(":")
    if not all(allowed.fullmatch(part) for part in parts) or not any(part.startswith(BATCH) for part in parts):
        raise Unsupported(
            f"--option {key}={value}: give one entry an input in the model's order, with colons between and {{batch}} "
            f"where the batch size goes, such as {key}={example}."
        )
    return parts


def _counted(parts: list[str]) -> int:
    return next(place for place, part in enumerate(parts) if part.startswith(BATCH))
