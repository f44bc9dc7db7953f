"""Which rows of two sides are the same case, and which columns keep two rows of one case from being compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from clipperf.errors import UsageError
from clipperf.results.axes import AXES, MUST_AGREE, Row, axes_of, case_key, options_of, text_of

_OF_RUNNER = ("runner_version", "driver_version", "provider_ran", "measured_by")
_BRINGS = {
    "runner": _OF_RUNNER,
    "model": ("model_sha256",),
    "precision": ("precision_ran", "model_sha256"),
    "device": ("driver_version", "provider_ran"),
    "host": ("driver_version",),
    "measured_by": ("runner_version",),
    "options": ("provider_ran",),
}
"""What differs of itself where the column named first does."""


@dataclass(frozen=True)
class Matched:
    """The cases of both sides with all their repeats, and the rows of cases that only one side has."""

    cases: tuple[tuple[tuple[Row, ...], tuple[Row, ...]], ...]
    only_a: tuple[Row, ...]
    only_b: tuple[Row, ...]


def check_across(across: Collection[str], rows: Iterable[Row]) -> None:
    """Raises UsageError where a name of ``--across`` is neither a column that can differ nor an option of the rows."""
    options = {key for row in rows for key in options_of(row)}
    unknown = [name for name in across if name not in {*AXES, "options", *MUST_AGREE, *options}]
    if unknown:
        raise UsageError(
            f"--across {','.join(unknown)}: take one or more of {', '.join([*AXES, 'options', *MUST_AGREE])}"
            + (f", or of the options {', '.join(sorted(options))}." if options else ".")
        )


def match(a: Sequence[Row], b: Sequence[Row], across: Collection[str]) -> Matched:
    """The rows of both sides case by case, in the order of A; the columns ``across`` are no part of a case.

    Raises UsageError where that leaves a side with several cases for one, as there is no telling which is meant.
    """
    by_case_a, by_case_b = _by_case(a, across, "A"), _by_case(b, across, "B")
    return Matched(
        tuple((tuple(rows), tuple(by_case_b[key])) for key, rows in by_case_a.items() if key in by_case_b),
        tuple(row for key, rows in by_case_a.items() if key not in by_case_b for row in rows),
        tuple(row for key, rows in by_case_b.items() if key not in by_case_a for row in rows),
    )


def refusals(a: Sequence[Row], b: Sequence[Row], across: Collection[str]) -> dict[str, str]:
    """What keeps the rows of a case from being compared: columns, each with a sentence; give only rows with figures."""
    of_options = {key for row in (*a, *b) for key in options_of(row)}
    allowed = {*across, *(name for column in across for name in _BRINGS.get(column, ()))}
    if not of_options.isdisjoint(across):
        allowed.update(_BRINGS["options"])
    sentences = {}
    for column in MUST_AGREE:
        in_a, in_b = (list(dict.fromkeys(text_of(row.get(column)) for row in rows)) for rows in (a, b))
        found = f"{column} differs: {', '.join(in_a)} in A, {', '.join(in_b)} in B"
        if len(in_a) > 1 or len(in_b) > 1:
            sentences[column] = f"{found}; compare folders with one each."
        elif in_a != in_b and column not in allowed:
            sentences[column] = f"{found}; compare all the same with --across {column}."
    return sentences


def _by_case(rows: Sequence[Row], across: Collection[str], side: str) -> dict[str, list[Row]]:
    cases: dict[str, list[Row]] = {}
    for row in rows:
        same = cases.setdefault(case_key(row, across), [])
        same.append(row)
        axes, first = axes_of(row), axes_of(same[0])
        for name in {*axes, *first}:
            if axes.get(name) != first.get(name):
                raise UsageError(
                    f"--across {name}: {side} has several values of it for one and the same case "
                    f"({text_of(first.get(name))} and {text_of(axes.get(name))}); compare folders with one each."
                )
    return cases
