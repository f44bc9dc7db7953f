"""What is measured next of a configuration, and for how long: a pure function of what is known of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from clipperf.analysis.capacity import Capacity, Trial
from clipperf.analysis.objective import Objective
from clipperf.measure.stop_rule import StopRule
from clipperf.results.schema import FAILURES, MEASURED
from clipperf.search.capacity_chooser import Bounds, Offered, next_rate
from clipperf.search.capacity_lengths import fewest_per_s, windows_ns

WITHIN = 0.02
MOST_CASES = 40


@dataclass(frozen=True)
class Wanted:
    """The objective, the bounds of the search in requests/s, when its bracket is narrow, and the most measurements of a
    configuration.
    """

    objective: Objective
    low: float = 0.0
    high: float = math.inf
    within: float = WITHIN
    most_cases: int = MOST_CASES


@dataclass(frozen=True)
class RateTurn:
    """One measurement: a rate in requests/s, for the ``repeat``-th time from 0, over that long a window."""

    rate: float
    repeat: int
    window_ns: int

    def rule(self, rule: StopRule) -> StopRule:
        """The rule of the profile at this length."""
        return rule if rule.is_fixed else replace(rule, duration_ns=self.window_ns)


def next_turn(found: Capacity, wanted: Wanted, rule: StopRule) -> RateTurn | None:
    """The next measurement; None where the search is over, or cannot be gone on with."""
    most = found.most_per_s
    done = 1 + sum(trial.times for trial in found.trials)
    if most is None or done >= wanted.most_cases or any(trial.row["status"] in FAILURES for trial in found.trials):
        return None
    percentile = wanted.objective.percentile
    bounds = Bounds(most.value, fewest_per_s(rule, percentile), wanted.within, wanted.low, wanted.high)
    tried = [
        Offered(trial.rate, trial.verdict.outcome, _may_be_longer(trial, rule, percentile)) for trial in found.trials
    ]
    rate = next_rate(bounds, tried)
    if rate is None:
        return None
    times = next((trial.times for trial in found.trials if trial.rate == rate), 0)
    return RateTurn(rate, times, windows_ns(rule, percentile, rate)[times])


def _may_be_longer(trial: Trial, rule: StopRule, percentile: int) -> bool:
    return trial.row["status"] in MEASURED and trial.times < len(windows_ns(rule, percentile, trial.rate))
