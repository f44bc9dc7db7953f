"""What each row is among the others of its run, as columns: knee, front, marginal gain and scaling efficiency.

Rows are written one at a time, so none of this is in a run folder's table: it is made from a whole frame.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from clipperf.analysis.knee import batch_knee
from clipperf.analysis.operating_points import sort_rows
from clipperf.analysis.scaling import AXES, Step, lines_along
from clipperf.analysis.series import measured, split
from clipperf.analysis.standing import bounded, standings
from clipperf.results.frame import records
from clipperf.results.schema import RELATED

_ONE_CHOICE = ("run_id", "side", "model", "precision", "runner", "scope", "host")
"""Points that differ in these are no choice between settings: each group of them has a front of its own."""

Cells = tuple[pd.Index, Mapping[str, Any]]
"""The rows of a case, and what all of them have by column."""


def with_related(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the columns ``RELATED`` of the schema behind its own.

    A point is a case of a closed loop; all its repeats have its figures, which are those of the repeat whose qps is the
    lower median. Front and knee are left empty where a run has a single case to choose from.
    """
    rows = frame.reset_index(drop=True)
    found: dict[str, dict[Any, Any]] = {column.name: {} for column in RELATED}
    for places, cells in (*_points(rows), *_knees(rows), *_scaling(rows)):
        for name, value in cells.items():
            found[name].update(dict.fromkeys(places, value))
    made = {
        column.name: pd.Series([found[column.name].get(place) for place in rows.index], dtype=column.dtype).array
        for column in RELATED
    }
    return frame.assign(**made)


def _points(rows: pd.DataFrame) -> Iterator[Cells]:
    for _, group in rows[rows["loop"] == "closed"].groupby(list(_ONE_CHOICE), dropna=False, sort=False):
        repeats = {_middle(case): case.index for _, case in group.groupby("case_id", sort=False)}
        points = sort_rows(records(rows.loc[list(repeats)].assign(place=list(repeats)))).points
        if len(points) > 1:
            for point, cells in standings(points).items():
                yield repeats[point.row["place"]], cells


def _middle(case: pd.DataFrame) -> int:
    """Where the repeat of the lower median of qps stands; that of the first where none has any."""
    told = measured(case)["qps"].dropna().sort_values(kind="stable")
    return int(case.index[0] if told.empty else told.index[(len(told) - 1) // 2])


def _knees(rows: pd.DataFrame) -> Iterator[Cells]:
    for series in split(rows):
        knee = batch_knee(series.rows, series.rate)
        if knee is not None:
            for size, repeats in measured(series.rows).groupby("batch_size"):
                yield repeats.index, {"is_batch_knee": size == knee}


def _scaling(rows: pd.DataFrame) -> Iterator[Cells]:
    for axis in AXES:
        for line in lines_along(rows, axis):
            for step in line.steps:
                yield step.index, _of_step(step, axis.column)


def _of_step(step: Step, axis: str) -> dict[str, Any]:
    reasons = [asdict(reason) for reason in step.reasons]
    # Of a ratio 0 is no bound, but that nobody knows one.
    share = replace(step.efficiency, low=step.efficiency.low or -math.inf)
    told = json.dumps(reasons, ensure_ascii=False) if reasons else None
    return {**bounded(f"{axis}_efficiency", share), f"{axis}_reasons": told}
