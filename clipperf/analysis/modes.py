"""Which of the measured points is max-throughput, which min-latency, and which the best under an objective."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from clipperf.analysis.compare_verdict import DEFAULT_THRESHOLD
from clipperf.analysis.objective import MET, UNKNOWN, Objective
from clipperf.analysis.operating_points import NOT_KNOWN, Figure, Point, Sorted, sort_rows
from clipperf.results.axes import Row

MAX_THROUGHPUT, MIN_LATENCY, OBJECTIVE = "max-throughput", "min-latency", "objective"
_MEDIAN = 50
"""Latency in a mode is the median: known from few requests, where p99 of a short window is known from one or two."""


@dataclass(frozen=True)
class Choice:
    """A chosen point; ``ties`` were as good within intervals and 2 %, ``rivals`` seem worse but may be as good."""

    point: Point
    ties: tuple[Point, ...]
    rivals: tuple[Point, ...]


@dataclass(frozen=True)
class UnderObjective:
    """The best point that meets the objective, if any; ``maybe`` are those of which it is not known.

    ``nearest`` is the point where the percentile is least by estimate; it is told where none meets the objective.
    """

    choice: Choice | None
    maybe: tuple[Point, ...]
    nearest: Point


@dataclass(frozen=True)
class Found:
    """What the grid says: its points, and the choice of each mode that has one; ``under`` where an objective is put."""

    grid: Sorted
    choices: Mapping[str, Choice]
    under: UnderObjective | None = None

    @property
    def chosen(self) -> dict[str, list[str]]:
        """The case ids of the chosen points, in the order of the modes, each with the modes that it stands for."""
        modes: dict[str, list[str]] = {}
        for mode, choice in self.choices.items():
            modes.setdefault(choice.point.row["case_id"], []).append(mode)
        return modes


def find_modes(rows: Iterable[Row], objective: Objective | None) -> Found:
    """The modes from the rows of a grid; no choices where no row is an operating point."""
    grid = sort_rows(rows)
    if not grid.points:
        return Found(grid, {})
    choices = {MAX_THROUGHPUT: choose_max_throughput(grid.points), MIN_LATENCY: choose_min_latency(grid.points)}
    under = None if objective is None else choose_under(grid.points, objective)
    if under is not None and under.choice is not None:
        choices[OBJECTIVE] = under.choice
    return Found(grid, choices, under)


def choose_max_throughput(points: Sequence[Point]) -> Choice:
    """The point of most qps; of ties the one of least median latency, then the cheapest. Takes at least one point."""
    ties, rivals = _best(points, _rate)
    shortest, _ = _best(ties, _shortness)
    return Choice(min(shortest, key=_cheapest), ties, rivals)


def choose_min_latency(points: Sequence[Point]) -> Choice:
    """The point of least median latency; of ties the cheapest, then that of most qps. Takes at least one point."""
    ties, rivals = _best(points, _shortness)
    return Choice(min(ties, key=_cheapest), ties, rivals)


def choose_under(points: Sequence[Point], objective: Objective) -> UnderObjective:
    """The point of most qps among those that meet the objective for certain. Takes at least one point."""
    latency = {point: point.latency_ms.get(objective.percentile, NOT_KNOWN) for point in points}
    verdicts = {point: objective.judge(latency[point]) for point in points}
    meeting = [point for point in points if verdicts[point] == MET]
    return UnderObjective(
        choose_max_throughput(meeting) if meeting else None,
        tuple(point for point in points if verdicts[point] == UNKNOWN),
        min(points, key=lambda point: (latency[point].value, latency[point].high)),
    )


def _best(points: Sequence[Point], figure: Callable[[Point], Figure]) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Those as good as the one of the largest figure: not shown to be less, and at most 2 % less by estimate.

    Without the second demand a point of which hardly anything is known would tie with the best, and win as the cheaper;
    such points come second.
    """
    best = max((figure(point) for point in points), key=lambda found: found.value)
    not_worse = [point for point in points if not best.is_above(figure(point))]
    least = best.value - DEFAULT_THRESHOLD * abs(best.value)
    ties = tuple(point for point in not_worse if figure(point).value >= least)
    return ties, tuple(point for point in not_worse if point not in ties)


def _rate(point: Point) -> Figure:
    return point.qps


def _shortness(point: Point) -> Figure:
    """The median latency turned so that more is better."""
    latency = point.latency_ms[_MEDIAN]
    return Figure(-latency.value, -latency.high, -latency.low)


def _cheapest(point: Point) -> tuple[tuple[int, int, int], float, str]:
    return point.cost, -point.qps.value, str(point.row["case_id"])
