"""From what a vendor's tool reported to the figures of a row, with clipperf's own statistics where it told enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from clipperf.measure.row_warning import RowWarning
from clipperf.measure.samples import Samples, pool
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.stopping import is_precise
from clipperf.measure.window import Window
from clipperf.results.figures import figures_in
from clipperf.results.measured import Measured
from clipperf.tools.base import Report

_TIME_OF_EXECUTION = (
    *("qps", "qps_ci_low", "qps_ci_high", "requests_per_s", "window_s", "in_flight_mean"),
    *("late_p99_ms", "harness_ms"),
)
"""Figures that device time laid end to end would give, but which mean wall time in a row."""


@dataclass(frozen=True)
class Reported:
    """The figures of a row by column; ``samples`` and ``window`` are None where no single durations were told.

    The instants of ``samples`` are those of a clock that runs only while the device executes; ``measured_ns`` are those
    of clipperf's own between which all places measured, where they are known.
    """

    values: dict[str, Any]
    warnings: tuple[RowWarning, ...]
    is_precise: bool
    samples: Samples | None = None
    window: Window | None = None
    measured_ns: tuple[int, int] | None = None


def reported(reports: Sequence[Report], rule: StopRule, batch_size: int) -> Reported:
    """The figures of the reports of one case together, one a place of execution (a device, or an instance of one).

    Rates are added where every place has them. Percentiles come from the pooled durations, never from percentiles: a
    tool that tells no durations keeps its own only where there is one place. ``is_precise`` is true where precision
    was not asked for or cannot be told.
    """
    values: dict[str, Any] = {}
    found = _of_durations(reports, rule, batch_size)
    if found is not None:
        values.update(found.values)
    elif len(reports) == 1:
        values.update({f"latency_{name}_ms": value for name, value in reports[0].latency_ms.items()})
    if len(reports) == 1:
        values.update({f"compute_{name}_ms": value for name, value in reports[0].compute_ms.items()})
        values.update(reports[0].device_readings)
    requests = _total(reports, lambda report: report.requests)
    if found is None and requests is not None:
        values.update({"requests": int(requests), "samples": int(requests) * batch_size})
    warmup = _total(reports, lambda report: report.warmup_requests)
    sums: dict[str, float | None] = {
        "qps": _total(reports, lambda report: report.qps),
        "requests_per_s": _total(reports, lambda report: report.requests_per_s),
        "qps_compute": _total(reports, lambda report: report.qps_compute),
        "in_flight_mean": _total(reports, lambda report: report.in_flight_mean),
        "vendor_qps": _total(reports, lambda report: report.vendor.get("vendor_qps")),
        "warmup_requests": None if warmup is None else int(warmup),
        "window_s": min((report.window_s for report in reports if report.window_s is not None), default=None),
    }
    values.update({name: value for name, value in sums.items() if value is not None})
    if sums["qps_compute"] is None:
        # The places did not run at the same time: the tool's translation left the sum out for a reason it tells.
        values.update(dict.fromkeys(("qps_compute", "qps_compute_ci_low", "qps_compute_ci_high")))
    if len(reports) == 1:
        values.update(reports[0].vendor)
    values.update(_same_words(reports))
    told = tuple(dict.fromkeys(warning for report in reports for warning in report.warnings))
    if found is None:
        return Reported(values, (*told, _unknown_precision()), True, measured_ns=_measured_ns(reports))
    return replace(found, values=values, warnings=(*told, *found.warnings), measured_ns=_measured_ns(reports))


def _of_durations(reports: Sequence[Report], rule: StopRule, batch_size: int) -> Reported | None:
    """All that follows from single durations, laid end to end in each place."""
    places = [np.round(np.asarray(report.durations_ms) * 1e6).astype(np.int64) for report in reports]
    if not places or any(not place.size or place.min() <= 0 for place in places):
        return None
    records = [np.column_stack((ends - place, ends - place, ends)) for place in places for ends in [np.cumsum(place)]]
    samples, slots = pool(records, 1), len(places)
    # As in a measurement of clipperf's own, the window ends for all as soon as one place has nothing more to do.
    window = Window(0, min(int(record[-1, 2]) for record in records))
    precise = rule.is_fixed or is_precise(rule, samples.select(window.holds(samples)), 0, slots)
    measured = Measured(samples, slots, 0, window.close_ns, precise, False)
    figures = figures_in(window, measured, rule, batch_size)
    values = {name: value for name, value in figures.values.items() if name not in _TIME_OF_EXECUTION}
    for name in ("qps", "qps_ci_low", "qps_ci_high"):
        values[name.replace("qps", "qps_compute")] = figures.values[name]
    if all(report.scope == "compute" and not report.compute_ms for report in reports):
        values.update(
            compute_mean_ms=values["latency_mean_ms"],
            compute_p50_ms=values["service_p50_ms"],
            compute_p99_ms=values["service_p99_ms"],
        )
    values["warmup_requests"] = None
    return Reported(values, figures.warnings, precise, samples, window)


def _unknown_precision() -> RowWarning:
    """Whether a tool told no single latencies, so that nobody knows how precise its figures are."""
    return RowWarning(
        "no-interval",
        "The tool tells no single latencies, so that the precision of its figures is not known.",
        "Measure it several times with --repeat and look at the spread between the repeats.",
    )


def _measured_ns(reports: Sequence[Report]) -> tuple[int, int] | None:
    windows = [report.window_ns for report in reports if report.window_ns is not None]
    if not windows or len(windows) < len(reports):
        return None
    begin_ns, end_ns = max(begin for begin, _ in windows), min(end for _, end in windows)
    return (begin_ns, end_ns) if begin_ns < end_ns else None


def _same_words(reports: Sequence[Report]) -> dict[str, str]:
    """What the tool alone knows, where all places say the same."""
    of_columns: dict[str, Callable[[Report], str]] = {
        "precision_ran": lambda report: report.precision,
        "runner_version": lambda report: report.runner_version,
        "driver_version": lambda report: report.driver_version,
    }
    said = {column: {word(report) for report in reports} for column, word in of_columns.items()}
    return {column: words.pop() for column, words in said.items() if len(words) == 1 and "" not in words}


def _total(reports: Sequence[Report], figure: Callable[[Report], float | None]) -> float | None:
    """The sum over the places, None where one of them lacks the figure."""
    known = [value for report in reports if (value := figure(report)) is not None]
    return sum(known) if known and len(known) == len(reports) else None
