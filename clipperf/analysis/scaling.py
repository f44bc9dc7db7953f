"""Scaling efficiency: qps of n copies ÷ (n × qps of one), everything else equal, over instances and over devices."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_low

import pandas as pd

from clipperf.analysis.compare_match import refusals
from clipperf.analysis.compare_ratio import Logarithm, logarithm, mean_of_runs, ratio_of_runs
from clipperf.analysis.operating_points import Figure
from clipperf.analysis.scaling_reasons import Reason, reasons_for
from clipperf.analysis.series import labels, measured, split
from clipperf.results.axes import Row
from clipperf.results.frame import records

WELL = 0.95
"""From here on copies scale well and nobody asks for reasons; it is the share of the best at which a knee lies."""


@dataclass(frozen=True)
class Axis:
    """What is multiplied: ``column`` counts it, ``folded`` is the circumstance that tells rows along it apart."""

    column: str
    folded: str
    one: str


INSTANCES, DEVICES = Axis("instances", "instances", "instance"), Axis("devices", "device", "device")
AXES = (INSTANCES, DEVICES)


@dataclass(frozen=True, eq=False)
class Step:
    """One number of copies: ``index`` has all its repeats, ``row`` is that of the lower median of qps.

    ``qps`` is the geometric mean over repeats; ``efficiency`` is held against ``base``, a row of the fewest copies.
    """

    copies: int
    row: Row
    base: Row
    index: pd.Index
    qps: Figure
    efficiency: Figure

    @property
    def falls_short(self) -> bool:
        """Whether it loses more than 5 %, and is not known to lose perhaps nothing."""
        return self.efficiency.value < WELL and not 1 <= self.efficiency.high < math.inf

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What the rows say for it where it falls short; none elsewhere."""
        return reasons_for(self.base, self.row) if self.falls_short else ()


@dataclass(frozen=True, eq=False)
class Line:
    """Cases that differ in the number of copies alone, the fewest first: its efficiency is 1, as the others' measure.

    ``key`` has what sets the line apart, ``label`` that part of it in which lines differ.
    """

    axis: Axis
    key: pd.Series
    label: str
    steps: tuple[Step, ...]

    @property
    def fewest(self) -> int:
        """What the others are held against, most often 1."""
        return self.steps[0].copies


def lines_along(frame: pd.DataFrame, axis: Axis) -> list[Line]:
    """The lines of a frame along an axis, in order; only those with two numbers of copies or more.

    Rows of a closed loop with counted qps take part. A line never crosses scopes, runners, precisions, hosts, options
    or batch sizes. A set of devices is held against those sets of fewest devices that it holds.
    """
    counted = measured(frame).dropna(subset=["qps", "batch_size", "devices", "instances"])
    counted = counted[(counted["qps"] > 0) & (counted["loop"] == "closed")]
    if counted[axis.column].nunique() < 2:
        return []
    plain = dict(zip(counted.index, records(counted), strict=True))
    found = []
    for series in split(counted, (axis.folded,)):
        for batch_size, rows in series.rows.groupby("batch_size"):
            cases = [_Case(axis, places, [plain[place] for place in places]) for places in _places(rows, axis)]
            steps = _steps(cases)
            if steps:
                key = pd.concat([series.key, pd.Series({"batch_size": str(batch_size)})])
                found.append(Line(axis, key, "", steps))
    named = labels([line.key for line in found])
    return [Line(line.axis, line.key, name, line.steps) for line, name in zip(found, named, strict=True)]


def efficiencies(frame: pd.DataFrame, axis: Axis) -> pd.Series:
    """The efficiency of every row along an axis by the index of the frame, missing where it is on no line."""
    found = pd.Series(float("nan"), index=frame.index)
    for line in lines_along(frame, axis):
        for step in line.steps:
            found.loc[step.index] = step.efficiency.value
    return found


def _places(rows: pd.DataFrame, axis: Axis) -> list[pd.Index]:
    """Where the repeats of each case stand."""
    return [pd.Index(places) for places in rows.groupby(axis.folded, sort=False).groups.values()]


def _steps(cases: Sequence[_Case]) -> tuple[Step, ...]:
    fewest = min(case.copies for case in cases)
    bases = [case for case in cases if case.copies == fewest]
    steps = []
    for case in cases:
        held = [base for base in bases if base.is_part_of(case) and not base.is_unlike(case)]
        if case.copies > fewest and held:
            ratio = ratio_of_runs(_together(held), case.each)
            steps.append(case.step(held[0].row, _figure(ratio)))
    first = [base.step(base.row, Figure(1.0, 1.0, 1.0)) for base in bases]
    return tuple(sorted([*first, *steps], key=lambda step: step.copies)) if steps else ()


class _Case:
    """All repeats of a case; ``each`` has the logarithm of qps ÷ copies of every one."""

    def __init__(self, axis: Axis, index: pd.Index, rows: Sequence[Row]) -> None:
        self.axis, self.index, self.rows = axis, index, rows
        self.copies = int(self.rows[0][axis.column])
        middle = median_low(row["qps"] for row in self.rows)
        self.row: Row = next(row for row in self.rows if row["qps"] == middle)
        self.each = list(_logarithms(self.rows, 1 / self.copies))

    def is_part_of(self, other: _Case) -> bool:
        ids, others = (set(str(case.row["device"]).split(",")) for case in (self, other))
        return ids <= others

    def is_unlike(self, other: _Case) -> bool:
        return bool(refusals(self.rows, other.rows, (self.axis.folded,)))

    def step(self, base: Row, efficiency: Figure) -> Step:
        qps = _figure(mean_of_runs(list(_logarithms(self.rows, 1.0))))
        return Step(self.copies, self.row, base, self.index, qps, efficiency)


def _logarithms(rows: Iterable[Row], scale: float) -> Iterable[Logarithm]:
    for row in rows:
        found = logarithm(row["qps"], row["qps_ci_low"], row["qps_ci_high"], scale)
        if found is not None:
            yield found


def _together(bases: Sequence[_Case]) -> list[Logarithm]:
    """The repeats of one base; of several, such as the single devices of a set, the mean of what each gives."""
    if len(bases) == 1:
        return bases[0].each
    figures = [_figure(mean_of_runs(base.each)) for base in bases]
    mean = sum(figure.value for figure in figures) / len(figures)
    # As in a difference of figures (Zou and Donner, Statistics in Medicine 27, 2008): what is beyond each is squared.
    below = math.hypot(*(figure.value - figure.low for figure in figures)) / len(figures)
    above = math.hypot(*(figure.high - figure.value for figure in figures)) / len(figures)
    found = logarithm(mean, mean - below, mean + above)
    assert found is not None
    return [found]


def _figure(log: Logarithm) -> Figure:
    return Figure(math.exp(log.middle), math.exp(log.low), math.exp(log.high))
