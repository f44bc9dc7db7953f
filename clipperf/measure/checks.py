"""Checks of a case's own figures, each giving a warning or None."""

from __future__ import annotations

from typing import Mapping

from clipperf.measure.percentile import Percentile
from clipperf.measure.row_warning import RowWarning

LITTLES_LAW_GAP = 0.05


def check_tails(requests: int, percentiles: Mapping[int, Percentile]) -> RowWarning | None:
    """Whether every percentile has an upper bound: p90 from 36 requests on, p95 from 72, p99 from 368."""
    open_ended = [f"p{name}" for name, found in percentiles.items() if found.high is None]
    if not open_ended:
        return None
    return RowWarning(
        "too-few-for-p99",
        f"{requests} requests give no upper bound for {', '.join(open_ended)}: the true value may be any larger one.",
        "Measure more requests: --iterations 368 or more bounds p99, 72 p95, 36 p90; or read it as a lower bound.",
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
        "Measure longer, so that the requests at the window's two ends weigh less.",
    )


def check_precision(is_precise: bool, half_width: float | None, target: float) -> RowWarning | None:
    """Whether the interval of qps became as narrow as asked before the longest duration was over."""
    if is_precise:
        return None
    found = "cannot be told from so few requests" if half_width is None else f"is ±{100 * half_width:.1f} %"
    return RowWarning(
        "not-precise",
        f"The 95 % interval of qps {found}, ±{100 * target:g} % was asked for.",
        "Give a longer --max-duration, keep other work off the machine, or accept less with --target-ci.",
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
