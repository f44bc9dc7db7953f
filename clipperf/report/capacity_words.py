"""A rate, a percentile and a verdict of ``clipperf capacity`` in words."""

from __future__ import annotations

import math

from clipperf.analysis.capacity import Capacity, Trial
from clipperf.analysis.objective import Objective
from clipperf.analysis.operating_points import Figure
from clipperf.report.number import DASH, figure


def rate_text(found: Capacity, rate_per_s: float) -> str:
    """A rate in requests/s, and in samples/s where a request has several."""
    batch = int(found.closed["batch_size"])
    samples = f" ({figure(batch * rate_per_s)} samples/s)" if batch > 1 else ""
    return f"{rate_per_s:.4g} requests/s{samples}"


def share_text(share: float | None) -> str:
    """A share of the closed-loop maximum."""
    return DASH if share is None else f"{100 * share:.3g} %"


def percentile_text(objective: Objective, trial: Trial) -> str:
    """What the percentile of the objective is, with its interval."""
    latency = trial.latency(objective.percentile)
    if math.isinf(latency.value):
        return f"no {objective.name}"
    return f"{objective.name} of {figure(latency.value)} ms ({interval_text(latency)})"


def interval_text(latency: Figure) -> str:
    """The interval; a bound that the data do not give is left open."""
    if math.isinf(latency.high):
        return f"≥ {figure(latency.low)}" if latency.low > 0 else "no bounds"
    return f"{figure(latency.low)} … {figure(latency.high)}"


def verdict_text(trial: Trial) -> str:
    """The verdict with its reason."""
    reason = trial.verdict.reason
    return f"{trial.verdict.outcome}, {reason}" if reason else trial.verdict.outcome
