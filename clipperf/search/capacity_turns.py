"""What is measured next of a configuration, and for how long: a pure function of what is known of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from clipperf.analysis.capacity import Capacity, Trial
from clipperf.analysis.objective import UNKNOWN, Objective
from clipperf.measure.stop_rule import StopRule
from clipperf.results.schema import FAILURES, MEASURED
from clipperf.search.capacity_chooser import Bounds, Offered, next_rate
from clipperf.search.capacity_lengths import fewest_per_s, windows_ns

WITHIN = 0.02
MOST_CASES = 40
_MOST_TIMES = 8
"""Of one rate: a window may end early, where the memory for samples is full, and would be asked for again and again."""


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
    if (
        most is None
        or found.measurements >= wanted.most_cases
        or any(trial.row["status"] in FAILURES for trial in found.trials)
    ):
        return None
    percentile = wanted.objective.percentile
    bounds = Bounds(most.value, fewest_per_s(rule, percentile), wanted.within, wanted.low, wanted.high)
    tried = [
        Offered(trial.rate, trial.verdict.outcome, _may_be_longer(trial, rule, percentile)) for trial in found.trials
    ]
    rate = next_rate(bounds, tried)
    if rate is None:
        return None
    windows_of = windows_ns(rule, percentile, rate)
    trial = next((trial for trial in found.trials if trial.rate == rate), None)
    if trial is None:
        return RateTurn(rate, 0, windows_of[0])
    # What was not known is tried for somewhat longer; what was, and is to be confirmed, for as long as is allowed.
    longer = [window_ns for window_ns in windows_of if window_ns > _measured_ns(trial)]
    return RateTurn(rate, trial.times, longer[0 if trial.verdict.outcome == UNKNOWN else -1])


def _may_be_longer(trial: Trial, rule: StopRule, percentile: int) -> bool:
    if rule.is_fixed or trial.row["status"] not in MEASURED:
        return False
    return trial.times < _MOST_TIMES and windows_ns(rule, percentile, trial.rate)[-1] > _measured_ns(trial)


def _measured_ns(trial: Trial) -> float:
    """The length of its longest window, and a half, since windows end at completions and are a little shorter."""
    return 1.5e9 * float(trial.row["window_s"])
