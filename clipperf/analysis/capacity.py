"""What the rows of a search say of the highest rate that meets an objective, for each configuration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clipperf.analysis.capacity_verdict import Verdict, judge_row
from clipperf.analysis.compare_gate import PASSED, REGRESSED, TOO_NOISY
from clipperf.analysis.objective import MET, MISSED, UNKNOWN, Objective
from clipperf.analysis.operating_points import NOT_KNOWN, Figure, figure_in, point_of
from clipperf.results.axes import Row, case_key
from clipperf.results.schema import MEASURED

_OF_THE_LOAD = ("loop", "arrival", "offered_rate")


@dataclass(frozen=True, eq=False)
class Trial:
    """A rate in requests/s that was offered ``times`` times, with the row of its longest measurement."""

    rate: float
    row: Row
    times: int
    verdict: Verdict

    def latency(self, percentile: int) -> Figure:
        """A percentile of the latency in ms; ``NOT_KNOWN`` where the row has none."""
        if self.row["status"] not in MEASURED:
            return NOT_KNOWN
        return point_of(self.row).latency_ms.get(percentile, NOT_KNOWN)


@dataclass(frozen=True, eq=False)
class Capacity:
    """A configuration: the row of its closed loop, and the rates that were offered, rising."""

    closed: Row
    trials: tuple[Trial, ...]

    @property
    def most_per_s(self) -> Figure | None:
        """The closed-loop maximum in requests/s; None where the closed loop gave no figures."""
        if self.closed["status"] not in MEASURED or not self.closed.get("qps"):
            return None
        qps = figure_in(self.closed, "qps", "qps_ci_low", "qps_ci_high")
        batch = int(self.closed["batch_size"])
        return Figure(qps.value / batch, qps.low / batch, qps.high / batch)

    @property
    def measurements(self) -> int:
        """How many it took, the closed loop included."""
        return 1 + sum(trial.times for trial in self.trials)

    @property
    def met(self) -> Trial | None:
        """The highest rate that was shown to meet the objective."""
        return max(self._of(MET), key=lambda trial: trial.rate, default=None)

    @property
    def not_met(self) -> Trial | None:
        """The lowest rate above that of which this was not shown."""
        least = 0.0 if self.met is None else self.met.rate
        others = (trial for trial in self.trials if trial.verdict.outcome != MET and trial.rate > least)
        return min(others, key=lambda trial: trial.rate, default=None)

    @property
    def missed(self) -> Trial | None:
        """The lowest rate that misses it for certain."""
        return min(self._of(MISSED), key=lambda trial: trial.rate, default=None)

    @property
    def outcome(self) -> str:
        """``met`` where a rate meets the objective; ``missed`` where the lowest that was offered misses it."""
        if self.met is not None:
            return MET
        return self.trials[0].verdict.outcome if self.trials else UNKNOWN

    def by_estimate(self, objective: Objective) -> Trial | None:
        """The highest rate up to which no estimate of the percentile is beyond the limit, whatever its interval."""
        within = None
        for trial in self.trials:
            estimate = trial.latency(objective.percentile).value
            if trial.verdict.outcome == MISSED or objective.judge(Figure(estimate, estimate, estimate)) != MET:
                break
            within = trial
        return within

    def utilisation(self, trial: Trial) -> float | None:
        """The offered rate ÷ the closed-loop maximum."""
        return None if self.most_per_s is None else trial.rate / self.most_per_s.value

    def _of(self, outcome: str) -> Iterable[Trial]:
        return (trial for trial in self.trials if trial.verdict.outcome == outcome)


def capacities(rows: Iterable[Row], objective: Objective) -> list[Capacity]:
    """One for each configuration whose closed loop has a row, in the order of these."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(case_key(row, _OF_THE_LOAD), []).append(row)
    return [found for group in grouped.values() if (found := _capacity(group, objective)) is not None]


def _capacity(rows: Sequence[Row], objective: Objective) -> Capacity | None:
    closed = next((row for row in rows if row["loop"] == "closed"), None)
    if closed is None:
        return None
    most = Capacity(closed, ()).most_per_s
    by_rate: dict[float, list[Row]] = {}
    for row in rows:
        if row["loop"] != "closed":
            by_rate.setdefault(row["offered_rate"], []).append(row)
    trials = []
    for rate, of_rate in sorted(by_rate.items()):
        longest = max(of_rate, key=_length)
        trials.append(Trial(rate, longest, len(of_rate), judge_row(longest, objective, most.value if most else rate)))
    return Capacity(closed, tuple(trials))


def gate(found: Sequence[Capacity]) -> int:
    """The exit code of ``--fail-on missed``: 0 where a configuration meets the objective at some rate.

    3 where all miss it at the lowest rate that was offered, 4 where nobody knows.
    """
    outcomes = {one.outcome for one in found}
    if MET in outcomes:
        return PASSED
    return REGRESSED if outcomes == {MISSED} else TOO_NOISY


def _length(row: Row) -> tuple[bool, float, int]:
    return row["status"] in MEASURED, row.get("window_s") or 0.0, int(row["repeat"])
