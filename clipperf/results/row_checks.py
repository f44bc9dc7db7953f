"""All that a row says against itself by its own samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clipperf.measure.checks import check_littles_law, check_precision, check_record, check_tails, check_timeouts
from clipperf.measure.distribution_checks import check_bursts, check_modes
from clipperf.measure.harness_checks import check_harness, check_lateness, check_resolution
from clipperf.measure.mean_interval import mean_interval
from clipperf.measure.modes import find_modes
from clipperf.measure.outliers import find_outliers
from clipperf.measure.overload import check_overload
from clipperf.measure.percentile import Percentile
from clipperf.measure.row_warning import RowWarning
from clipperf.measure.samples import Samples
from clipperf.measure.steadiness import Steadiness
from clipperf.measure.steadiness_checks import check_steadiness
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.throughput import Rate
from clipperf.measure.window import Window
from clipperf.results.measured import Measured


@dataclass(frozen=True)
class Findings:
    """What has been computed over the window already; the mappings are by percentile."""

    inside: Samples
    window: Window
    rate: Rate
    percentiles: Mapping[int, Percentile]
    inefficiencies: Mapping[int, float]
    steadiness: Steadiness | None
    in_flight: float
    late_p99_ns: float | None
    timeouts: int | None


def check_row(measured: Measured, rule: StopRule, found: Findings) -> tuple[RowWarning, ...]:
    """The warnings of a case, first those that put its figures in doubt.

    An overloaded open loop is told as such and not as a drift as well: its response times rise because its queue does.
    """
    inside, window, requests = found.inside, found.window, len(found.inside)
    service_p50_ns = float(np.median(inside.service_ns))
    overload = (
        check_overload(measured.samples, window, measured.offered_rate or found.rate.per_s) if inside.is_open else None
    )
    steadiness = check_steadiness(found.steadiness, window.length_ns * 1e-9)
    warnings = (
        overload or steadiness,
        _precision(measured, rule, found),
        check_tails(requests, found.percentiles, found.inefficiencies),
        check_littles_law(found.in_flight, found.rate.per_s, float(inside.latency_ns.mean()) * 1e-9),
        check_timeouts(found.timeouts or 0, requests, rule.timeout_ns),
        check_bursts(find_outliers(inside.service_ns), requests),
        check_modes(find_modes(inside.service_ns)),
        check_resolution(service_p50_ns, measured.resolution_ns),
        check_harness(measured.harness_ns, service_p50_ns),
        check_lateness(found.late_p99_ns, service_p50_ns),
        check_record(measured.is_full),
    )
    return tuple(warning for warning in warnings if warning)


def _precision(measured: Measured, rule: StopRule, found: Findings) -> RowWarning | None:
    """Of the rate, or of the mean response time where the schedule sets the rate."""
    if not found.inside.is_open:
        rate = found.rate
        return check_precision(measured.is_precise, "qps", rate.relative_half_width, rule.target_ci, rate.effective)
    mean = mean_interval(found.inside.latency_ns)
    half_width, effective = (None, 0.0) if mean is None else (mean.relative_half_width, mean.effective)
    return check_precision(measured.is_precise, "the mean latency", half_width, rule.target_ci, effective)
