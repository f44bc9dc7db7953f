"""Whether a row of an open loop meets an objective, misses it, or does not say, with the reason."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from clipperf.analysis.objective import MISSED, UNKNOWN, Objective
from clipperf.analysis.operating_points import NOT_BELIEVED, NOT_KNOWN, Figure, point_of
from clipperf.results.axes import Row
from clipperf.results.schema import MEASURED
from clipperf.results.warning_cell import codes_in

_OVERLOAD, _LATE = "overload", "late-issue"
_DOUBTED = NOT_BELIEVED - {"littles-law"}
"""A queue is cut at both ends of a short window: that moves the mean number in flight, and no percentile."""


@dataclass(frozen=True)
class Verdict:
    """``met``, ``missed`` or ``not known``; ``reason`` is empty where the interval of the percentile says it all."""

    outcome: str
    reason: str = ""


def judge_row(row: Row, objective: Objective, capacity_per_s: float) -> Verdict:
    """The verdict on a row of an open loop; ``capacity_per_s`` is the closed-loop maximum in requests/s.

    A load whose queue grows misses every objective, since its latency is that of the window's length. A generator that
    was late adds to what its requests took: it makes no device meet an objective, but it may make one miss it, and
    below the closed-loop maximum it may be all that the queue grew by. So a miss counts as far as it would be one
    without the delay.
    """
    if row["status"] not in MEASURED:
        return Verdict(UNKNOWN, row.get("error_kind") or row["status"])
    codes = codes_in(row.get("warnings"))
    is_late = _LATE in codes
    if _OVERLOAD in codes:
        if is_late and row["offered_rate"] < capacity_per_s:
            return Verdict(UNKNOWN, "the load was not kept to its schedule")
        return Verdict(MISSED, "overload")
    doubted = sorted(_DOUBTED & codes)
    if doubted:
        return Verdict(UNKNOWN, f"not believed: {', '.join(doubted)}")
    latency = point_of(row).latency_ms.get(objective.percentile, NOT_KNOWN)
    outcome = objective.judge(latency)
    if outcome == MISSED and is_late and objective.judge(_sooner(latency, row)) != MISSED:
        return Verdict(UNKNOWN, "the load was not kept to its schedule")
    if outcome == UNKNOWN:
        return Verdict(outcome, "too few requests" if math.isinf(latency.high) else "the interval holds the limit")
    return Verdict(outcome)


def _sooner(latency: Figure, row: Row) -> Figure:
    return replace(latency, low=max(0.0, latency.low - (row.get("late_p99_ms") or 0.0)))
