"""The second measurements of a case together: the figure that was sought, and what it has to hold besides."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from clipperf.analysis.compare_ratio import Logarithm, logarithm, mean_of_runs, ratio_of_pairs
from clipperf.analysis.compare_runs import Run
from clipperf.analysis.goal import Goal
from clipperf.analysis.objective import MET, MISSED, UNKNOWN, Constraint
from clipperf.analysis.operating_points import Figure
from clipperf.analysis.pooled import worst
from clipperf.analysis.quantity import Quantity
from clipperf.analysis.remeasured import Block, block_of
from clipperf.analysis.run_percentiles import run_percentiles
from clipperf.results.axes import Row


@dataclass(frozen=True)
class Final:
    """``block`` has all figures of the case, ``figure`` the one sought, ``judged`` those under a constraint."""

    case_id: str
    block: Block
    figure: Figure
    judged: Mapping[Constraint, Figure | None]

    def verdict(self, constraint: Constraint) -> str:
        """By the interval; not known where no row tells the figure."""
        figure = self.judged[constraint]
        return UNKNOWN if figure is None else constraint.judge(figure)

    @property
    def whole_verdict(self) -> str:
        """``met`` where every constraint is met for certain, ``missed`` where one is missed for certain."""
        verdicts = {self.verdict(constraint) for constraint in self.judged}
        return MISSED if MISSED in verdicts else UNKNOWN if UNKNOWN in verdicts else MET


def final_of(goal: Goal, case_id: str, runs: Sequence[Run]) -> Final | None:
    """From the runs of a case that have figures; None where none tells what was sought."""
    if not runs:
        return None
    block, rows = block_of(runs), [run.row for run in runs]
    kept = [run.inside for run in runs if run.inside is not None]
    if len(kept) == len(runs):
        block = replace(block, latency_ms=dict(run_percentiles(kept, block.qps)))
    figure = _figure(goal.quantity, block, rows)
    if figure is None:
        return None
    judged = {constraint: _figure(constraint.quantity, block, rows) for constraint in goal.constraints}
    return Final(case_id, block, figure, judged)


def best_of(goal: Goal, finals: Sequence[Final]) -> Final | None:
    """The best of those that hold every constraint for certain; None where none does."""
    met = [final for final in finals if final.whole_verdict == MET]
    sign = 1 if goal.quantity.more_is_better else -1
    return max(met, key=lambda final: sign * final.figure.value, default=None)


def ratio(quantity: Quantity, of: Sequence[Row], to: Sequence[Row]) -> Logarithm | None:
    """The ratio of the quantity between two cases, by the pairs of their rows that were neighbours in time."""
    pairs = [
        (below, above)
        for one, other in zip(of, to, strict=False)
        if (above := _logarithm(quantity, one)) is not None and (below := _logarithm(quantity, other)) is not None
    ]
    return ratio_of_pairs(pairs) if pairs else None


def _figure(quantity: Quantity, block: Block, rows: Sequence[Row]) -> Figure | None:
    if quantity.name == "qps":
        return block.qps
    if quantity.percentile is not None:
        return block.latency_ms.get(quantity.percentile)
    if quantity.is_extreme:
        return worst(quantity, rows)
    told = [found for row in rows if (found := _logarithm(quantity, row)) is not None]
    if not told:
        return None
    mean = mean_of_runs(told)
    return Figure(*(math.exp(log) for log in (mean.middle, mean.low, mean.high)))


def _logarithm(quantity: Quantity, row: Row) -> Logarithm | None:
    figure = quantity.of(row)
    if figure is None:
        return None
    return logarithm(figure.value, figure.low, figure.high if math.isfinite(figure.high) else None)
