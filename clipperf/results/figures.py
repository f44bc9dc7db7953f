"""From the raw samples of a case to the figures of its row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from clipperf.errors import CaseFailed
from clipperf.measure.checks import check_littles_law, check_precision, check_record, check_tails
from clipperf.measure.percentile import nearest_rank, percentile
from clipperf.measure.row_warning import RowWarning
from clipperf.measure.samples import Samples
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.throughput import rate_of
from clipperf.measure.window import Window, choose_window, in_flight_mean
from clipperf.results.schema import PERCENTILES

_NS_PER_MS = 1e6


@dataclass(frozen=True)
class Measured:
    """What a case left behind: every sample, and how its measurement ended."""

    samples: Samples
    slots: int
    warm_ns: int
    stop_ns: int
    is_precise: bool
    is_full: bool


@dataclass(frozen=True)
class Figures:
    """The figures by column name, the warnings, and the window they stand for."""

    values: dict[str, Any]
    warnings: tuple[RowWarning, ...]
    window: Window


def figures_of(measured: Measured, rule: StopRule, batch_size: int) -> Figures:
    """All figures that follow from the instants alone; raises CaseFailed where no request completed in the window."""
    samples = measured.samples
    window = choose_window(
        samples, measured.slots, measured.warm_ns, measured.stop_ns, rule.iterations, rule.duration_ns
    )
    if window is None:
        raise CaseFailed("no-requests", "No request completed in the window; give a longer --duration.")
    inside = samples.select(window.holds(samples))
    latency_ns, service_ns = np.sort(inside.latency_ns), np.sort(inside.service_ns)
    rate = rate_of(inside.completed_ns, window.open_ns, measured.slots)
    tails = {name: percentile(latency_ns, name / 100) for name in PERCENTILES}
    mean_ns, in_flight = float(latency_ns.mean()), in_flight_mean(samples, window)
    values: dict[str, Any] = {
        "requests": len(inside),
        "samples": len(inside) * batch_size,
        "warmup_requests": int((samples.completed_ns <= window.open_ns).sum()),
        "window_s": window.length_ns * 1e-9,
        "qps": rate.per_s * batch_size,
        "qps_ci_low": None if rate.low is None else rate.low * batch_size,
        "qps_ci_high": None if rate.high is None else rate.high * batch_size,
        "requests_per_s": rate.per_s,
        "latency_mean_ms": mean_ns / _NS_PER_MS,
        "latency_min_ms": float(latency_ns[0]) / _NS_PER_MS,
        "latency_p999_ms": nearest_rank(latency_ns, 0.999) / _NS_PER_MS,
        "latency_max_ms": float(latency_ns[-1]) / _NS_PER_MS,
        "service_p50_ms": nearest_rank(service_ns, 0.5) / _NS_PER_MS,
        "service_p99_ms": nearest_rank(service_ns, 0.99) / _NS_PER_MS,
        "in_flight_mean": in_flight,
    }
    for name, found in tails.items():
        values[f"latency_p{name}_ms"] = found.value / _NS_PER_MS
        values[f"latency_p{name}_low_ms"] = None if found.low is None else found.low / _NS_PER_MS
        values[f"latency_p{name}_high_ms"] = None if found.high is None else found.high / _NS_PER_MS
    found_warnings = (
        check_precision(measured.is_precise, rate.relative_half_width, rule.target_ci),
        check_tails(len(inside), tails),
        check_littles_law(in_flight, rate.per_s, mean_ns * 1e-9),
        check_record(measured.is_full),
    )
    return Figures(values, tuple(warning for warning in found_warnings if warning), window)
