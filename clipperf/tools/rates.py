"""Rates and statistics that follow from the single durations of a vendor's program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from clipperf.measure.percentile import nearest_rank
from clipperf.tools.base import Report


def counted(batch_size: int | None, requests: int, window_s: float) -> dict[str, Any]:
    """The fields of a report in which so many requests were counted in a window of wall time."""
    per_s = requests / window_s
    return {"window_s": window_s, "requests_per_s": per_s, "qps": None if batch_size is None else per_s * batch_size}


def in_wall_time(report: Report, requests: int, window_s: float) -> Report:
    """The report with the rate of so many requests in a window of wall time."""
    return replace(report, **counted(report.batch_size, requests, window_s))


def compute_rate(batch_size: int | None, requests: int, busy_ms: float) -> float | None:
    """Samples a second of a device that was busy for so long with so many requests."""
    return None if batch_size is None else 1e3 * batch_size * requests / busy_ms


def rate_of(report: Report, durations_ms: Sequence[float]) -> float | None:
    """``qps_compute`` of some of a report's requests."""
    return compute_rate(report.batch_size, len(durations_ms), sum(durations_ms))


def statistics_of(durations_ms: np.ndarray) -> dict[str, float]:
    """Mean, least, largest, median and 99th percentile, by the names of ``Report.latency_ms``."""
    ordered = np.sort(durations_ms)
    found = {"mean": float(ordered.mean()), "min": float(ordered[0]), "max": float(ordered[-1])}
    return {**found, "p50": nearest_rank(ordered, 0.5), "p99": nearest_rank(ordered, 0.99)}
