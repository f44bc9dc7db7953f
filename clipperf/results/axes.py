"""The axes of a case, whose values make it that case and no other, read from rows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

AXES = (
    "model", "precision", "batch_size", "runner", "device", "instances", "queue_depth", "loop", "arrival",
    "offered_rate", "scope",
)  # fmt: skip
"""Rows that agree in these and in every key of ``options`` are the same case."""

MUST_AGREE = (
    "model_sha256", "precision_ran", "provider_ran", "runner_version", "driver_version", "host", "measured_by",
    "schema_version",
)  # fmt: skip
"""What must be the same on both sides of a case beside its axes, or the difference is not the case's own."""


def options_of(row: Row) -> dict[str, Any]:
    """The options of a row by key; what is no JSON object is one option of its own."""
    cell = row.get("options")
    if isinstance(cell, Mapping):
        return dict(cell)
    try:
        options = json.loads(cell or "{}")
    except ValueError:
        options = cell
    return options if isinstance(options, dict) else {"options": cell}


def axes_of(row: Row) -> dict[str, Any]:
    """The axes of a case by name, each key of its options one of them."""
    options = {f"option {key}" if key in AXES else key: value for key, value in options_of(row).items()}
    return {**{axis: row.get(axis) for axis in AXES}, **options}


def case_key(row: Row, across: Collection[str] = ()) -> str:
    """The same text for rows that agree in every axis but those ``across``; ``options`` there means all of them."""
    dropped = {*across, *(options_of(row) if "options" in across else ())}
    return json.dumps({name: value for name, value in axes_of(row).items() if name not in dropped}, sort_keys=True)


def differing(a: Sequence[Row], b: Sequence[Row], names: Iterable[str] = ()) -> list[str]:
    """The axes, and of the columns ``names`` those, of which the two sides have no value in common."""
    sides = [[{**axes_of(row), **{name: row.get(name) for name in names}} for row in rows] for rows in (a, b)]
    known = dict.fromkeys(name for side in sides for values in side for name in values)
    values = {name: [{text_of(values.get(name)) for values in side} for side in sides] for name in known}
    return [name for name, (in_a, in_b) in values.items() if in_a.isdisjoint(in_b)]


def text_of(value: Any) -> str:
    """A value of a column as people read it."""
    return "none" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)
