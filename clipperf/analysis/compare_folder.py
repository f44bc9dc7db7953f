"""The sides of a comparison from run folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from clipperf.analysis.compare_case import Side
from clipperf.analysis.compare_runs import InWindow, in_window
from clipperf.errors import UsageError
from clipperf.results.axes import Row
from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows, records
from clipperf.results.samples_file import read_samples

SIDES = ("A", "B")
"""What the column ``side`` holds in a run of ``clipperf ab``."""


def side_of(folder: Path) -> Side:
    """All rows of a run folder as one side; raises UsageError where it has none, or has two sides already."""
    rows = _rows(folder)
    if any(row["side"] in SIDES for row in rows):
        raise UsageError(f"{folder} holds both sides of a comparison; give it alone: clipperf compare {folder}.")
    return Side(rows, reader_of(folder))


def sides_of(folder: Path) -> tuple[Side, Side]:
    """Both sides of a run of ``clipperf ab``; raises UsageError where the folder is none."""
    rows = _rows(folder)
    a, b = ([row for row in rows if row["side"] == side] for side in SIDES)
    if not a or not b:
        raise UsageError(f"{folder} was not written by clipperf ab; give a second run folder to compare it with.")
    return Side(a, reader_of(folder)), Side(b, reader_of(folder))


def _rows(folder: Path) -> list[Row]:
    if not (folder / RESULTS).is_file():
        raise UsageError(f"{folder} has no {RESULTS}; give a run folder of clipperf, such as one under reports/.")
    rows: list[Row] = [*records(read_rows(folder / RESULTS))]
    if not rows:
        raise UsageError(f"{folder} has no rows: nothing was measured yet.")
    return rows


def reader_of(folder: Path) -> Callable[[Row], InWindow | None]:
    """What gives the requests in the window of a row, None where its raw samples were not kept."""

    def read(row: Row) -> InWindow | None:
        try:
            return in_window(*read_samples(folder, row["case_id"], row["repeat"]))
        except UsageError:
            return None  # the rows hold the figures and their intervals all the same

    return read
