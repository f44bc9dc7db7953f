"""Checks of a case's own figures, each giving a warning or None."""

from __future__ import annotations

import math
from typing import Mapping

from clipperf.measure.percentile import Percentile
from clipperf.measure.row_warning import RowWarning

LITTLES_LAW_GAP = 0.05
FEWEST = {50: 6, 90: 36, 95: 72, 99: 368}
"""Independent requests from which a percentile has an upper bound."""


def check_tails(
    requests: int, percentiles: Mapping[int, Percentile], inefficiencies: Mapping[int, float]
) -> RowWarning | None:
    """Whether every percentile has an upper bound: p90 from 36 independent requests on, p95 from 72, p99 from 368.

    Both mappings are by percentile; ``inefficiencies`` say how many requests are worth an independent one.
    """
    open_ended = [name for name, found in percentiles.items() if found.high is None]
    if not open_ended:
        return None
    highest = max(open_ended)
    each = inefficiencies[highest]
    worth = f", which depend on each other and are worth {requests / each:.0f}," if each > 1.0 else ""
    needed = ", ".join(f"{math.ceil(FEWEST[name] * inefficiencies[name])} for p{name}" for name in open_ended)
    return RowWarning(
        "too-few-for-p99",
        f"{requests} requests{worth} give no upper bound for {', '.join(f'p{name}' for name in open_ended)}: the true "
        "value may be any larger one.",
        f"Measure more requests with --iterations ({needed}), or read it as a lower bound.",
    )


def check_littles_law(in_flight: float, requests_per_s: float, latency_mean_s: float) -> RowWarning | None:
    """Whether the mean number in flight equals requests per second × mean latency within 5 % (Little, 1961)."""
    expected = requests_per_s * latency_mean_s
    gap = abs(in_flight - expected) / in_flight if in_flight else 0.0
    if gap <= LITTLES_LAW_GAP:
        return None
    return RowWarning(
        "littles-law",
        f"{in_flight:.2f} requests were in flight, but requests_per_s × mean latency gives {expected:.2f}: latency and "
        "throughput do not belong together.",
        "Measure for longer with --duration, so that the requests at the window's two ends weigh less.",
    )


def check_precision(
    is_precise: bool, figure: str, half_width: float | None, target: float, effective: float
) -> RowWarning | None:
    """Whether the interval of ``figure`` became as narrow as asked before the longest duration was over.

    ``effective`` is the number of independent requests that the window is worth.
    """
    if is_precise:
        return None
    if half_width is None:
        found = f"The 95 % interval of {figure} cannot be told from so few requests"
    elif half_width > target:
        found = f"The 95 % interval of {figure} is ±{100 * half_width:.2g} %"
    else:
        found = (
            f"The 95 % interval of {figure} is ±{100 * half_width:.2g} %, but not for long enough, or it rests on too "
            f"few requests (worth {effective:.0f} independent ones)"
        )
    return RowWarning(
        "not-precise",
        f"{found}; ±{100 * target:g} % was asked for.",
        "Give a longer --max-duration, keep other work off the machine, or accept less with --target-ci.",
    )


def check_timeouts(timeouts: int, requests: int, timeout_ns: int | None) -> RowWarning | None:
    """Whether any request took longer than it may."""
    if timeout_ns is None or not timeouts:
        return None
    return RowWarning(
        "timeouts",
        f"{timeouts} of {requests} requests ({100 * timeouts / requests:.2g} %) took longer than {timeout_ns / 1e6:g} "
        "ms and count as errors.",
        "Offer less with --rate or --queue-depth, use a smaller --batch, or allow more with --timeout-ms.",
    )


def check_record(is_full: bool) -> RowWarning | None:
    """Whether the memory for samples lasted."""
    if not is_full:
        return None
    return RowWarning(
        "record-full",
        "The memory for raw samples was full before the window had its length, so the window is shorter than asked.",
        "Give a shorter --duration or fewer --iterations.",
    )
