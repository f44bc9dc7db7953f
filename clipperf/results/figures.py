"""From the raw samples of a case to the figures of its row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from clipperf.errors import CaseFailed
from clipperf.measure.clustering import inefficiencies
from clipperf.measure.lateness import lateness_ns
from clipperf.measure.pace import drift_share, steadiness_of
from clipperf.measure.percentile import Percentile, nearest_rank, percentiles
from clipperf.measure.row_warning import RowWarning
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.throughput import Rate, rate_of
from clipperf.measure.window import Window, choose_window, in_flight_mean
from clipperf.results.measured import Measured
from clipperf.results.row_checks import Findings, check_row
from clipperf.results.schema import PERCENTILES

_NS_PER_MS = 1e6


@dataclass(frozen=True)
class Figures:
    """The figures by column name, the warnings, and the window they stand for."""

    values: dict[str, Any]
    warnings: tuple[RowWarning, ...]
    window: Window


def figures_of(measured: Measured, rule: StopRule, batch_size: int) -> Figures:
    """All figures that follow from the instants alone; raises CaseFailed where no request completed in the window."""
    window = choose_window(
        measured.samples, measured.slots, measured.warm_ns, measured.stop_ns, rule.iterations, rule.duration_ns
    )
    if window is None:
        raise CaseFailed("no-requests", "No request completed in the window; give a longer --duration.")
    return figures_in(window, measured, rule, batch_size)


def figures_in(window: Window, measured: Measured, rule: StopRule, batch_size: int) -> Figures:
    """The figures of a window that has been chosen; at least one request completes in it."""
    samples, slots = measured.samples, measured.slots
    counts = window.holds(samples)
    inside = samples.select(counts)
    dependence = inefficiencies(inside.latency_ns, [name / 100 for name in PERCENTILES])
    latency_ns = np.sort(inside.latency_ns)
    found = Findings(
        inside,
        window,
        rate=rate_of(inside.completed_ns, window.open_ns, slots),
        percentiles={round(100 * share): found for share, found in percentiles(latency_ns, dependence).items()},
        inefficiencies={name: dependence[name / 100] for name in PERCENTILES},
        steadiness=steadiness_of(inside, window.open_ns, slots),
        in_flight=in_flight_mean(samples, window),
        late_p99_ns=nearest_rank(np.sort(lateness_ns(samples)[counts]), 0.99) if inside.is_open else None,
        timeouts=None if rule.timeout_ns is None else int((latency_ns > rule.timeout_ns).sum()),
    )
    drift = drift_share(inside, window.open_ns, slots)
    values: dict[str, Any] = {
        "requests": len(inside),
        "samples": len(inside) * batch_size,
        "warmup_requests": int((samples.completed_ns <= window.open_ns).sum()),
        "window_s": window.length_ns * 1e-9,
        **_rate_columns(found.rate, batch_size),
        **_latency_columns(latency_ns, np.sort(inside.service_ns)),
        **({} if measured.compute_ns is None else _compute_columns(measured.compute_ns[counts])),
        **{key: value for name, one in found.percentiles.items() for key, value in _interval_columns(name, one)},
        "in_flight_mean": found.in_flight,
        "late_p99_ms": None if found.late_p99_ns is None else found.late_p99_ns / _NS_PER_MS,
        "timeouts": found.timeouts,
        "is_steady": None if found.steadiness is None else found.steadiness.is_steady,
        "drift_pct": None if drift is None else 100.0 * drift,
    }
    return Figures(values, check_row(measured, rule, found), window)


def _rate_columns(rate: Rate, batch_size: int) -> dict[str, float | None]:
    return {
        "qps": rate.per_s * batch_size,
        "qps_ci_low": None if rate.low is None else rate.low * batch_size,
        "qps_ci_high": None if rate.high is None else rate.high * batch_size,
        "requests_per_s": rate.per_s,
    }


def _latency_columns(latency_ns: np.ndarray, service_ns: np.ndarray) -> dict[str, float]:
    """Both sorted."""
    return {
        "latency_mean_ms": float(latency_ns.mean()) / _NS_PER_MS,
        "latency_min_ms": float(latency_ns[0]) / _NS_PER_MS,
        "latency_p999_ms": nearest_rank(latency_ns, 0.999) / _NS_PER_MS,
        "latency_max_ms": float(latency_ns[-1]) / _NS_PER_MS,
        "service_p50_ms": nearest_rank(service_ns, 0.5) / _NS_PER_MS,
        "service_p99_ms": nearest_rank(service_ns, 0.99) / _NS_PER_MS,
    }


def _compute_columns(compute_ns: np.ndarray) -> dict[str, float]:
    """None at all where the SDK did not tell the time of every request of the window."""
    ordered = np.sort(compute_ns)
    if not np.isfinite(ordered).all():
        return {}
    return {
        "compute_mean_ms": float(ordered.mean()) / _NS_PER_MS,
        "compute_p50_ms": nearest_rank(ordered, 0.5) / _NS_PER_MS,
        "compute_p99_ms": nearest_rank(ordered, 0.99) / _NS_PER_MS,
    }


def _interval_columns(name: int, found: Percentile) -> list[tuple[str, float | None]]:
    return [
        (f"latency_p{name}_ms", found.value / _NS_PER_MS),
        (f"latency_p{name}_low_ms", None if found.low is None else found.low / _NS_PER_MS),
        (f"latency_p{name}_high_ms", None if found.high is None else found.high / _NS_PER_MS),
    ]
