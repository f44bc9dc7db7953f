"""From what ais_bench said of one process to a report in clipperf's words.

Its NPU_compute_time is host time around a synchronous execution, copies left out; its throughput is the batch size
divided by the mean of that, so it is ``qps_compute`` and never ``qps``. One request is in flight at a time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from clipperf.measure.row_warning import RowWarning
from clipperf.tools.ais_bench import row_warnings
from clipperf.tools.ais_bench.arguments import is_on, number_of, threads_of
from clipperf.tools.ais_bench.clock import check_age, check_durations, look_like_instants
from clipperf.tools.ais_bench.printed import Block
from clipperf.tools.ais_bench.summary import Summary
from clipperf.tools.ais_bench.times import Times
from clipperf.tools.base import Report
from clipperf.tools.rates import compute_rate, counted, statistics_of
from clipperf.tools.zero_inputs import zero_inputs

_LEAST_MS = 1e-6
"""No request takes less than a nanosecond, and what is divided by a time stays a number."""

_MERGED_WELL = 0.02
_REAL_DATA = "Give --option input=FILE with real data, or --option pure_data_type=random where any bytes are an input."
_KEPT = ("dymBatch", "dymHW", "dymDims", "dymShape", "pure_data_type", "run_mode", "aipp_config", "pipeline")
"""Flags that change what is measured or what it is measured with; a log's options are these."""


def report_of_summary(summary: Summary) -> Report:
    """From a file with single latencies."""
    arguments, threads = summary.arguments, threads_of(summary.arguments)
    report = Report(
        scope="compute",
        device=summary.device,
        model=arguments.get("model", ""),
        batch_size=summary.batch_size,
        instances=threads if arguments else None,
        queue_depth=None if is_on(arguments, "pipeline") or not arguments else 1,
        requests=summary.requests,
        warmup_requests=number_of(arguments, "warmup_count", 1) if arguments else None,
        vendor=_vendor(summary.compute, summary.throughput),
        options=_options(arguments, threads),
        warnings=tuple(_of_arguments(summary)),
    )
    if summary.intervals_ms:
        return _of_intervals(report, summary)
    if threads > 1:
        # Since 2023-10 several threads make pairs; durations are of the builds before.
        return replace(report, warnings=(*report.warnings, row_warnings.divided_by_threads(threads)))
    return _of_durations(report, summary)


def _options(arguments: Mapping[str, str], threads: int) -> dict[str, str]:
    kept = {name: arguments[name] for name in _KEPT if name in arguments}
    return kept | ({"threads": str(threads)} if threads > 1 else {})


def report_of_block(block: Block) -> Report:
    """From a Performance Summary."""
    whole = round(block.batch_size) if math.isfinite(block.batch_size) else 0
    report = Report(
        scope="compute",
        batch_size=whole if whole >= 1 and whole == block.batch_size else None,
        latency_ms=block.compute.by_name,
        qps_compute=block.throughput,
        vendor=_vendor(block.compute, block.throughput),
    )
    if look_like_instants(block.compute):
        return replace(report, latency_ms={}, qps_compute=None, warnings=(row_warnings.instants_as_durations(),))
    return report


def _of_durations(report: Report, summary: Summary) -> Report:
    durations = summary.durations_ms
    if min(durations) < _LEAST_MS:
        return replace(
            report,
            latency_ms=summary.compute.by_name,
            qps_compute=summary.throughput,
            warnings=(*report.warnings, row_warnings.times_not_positive()),
        )
    coarse = check_durations(durations)
    return replace(
        report,
        durations_ms=durations,
        latency_ms=summary.compute.by_name,
        qps_compute=compute_rate(report.batch_size, len(durations), sum(durations)),
        warnings=report.warnings if coarse is None else (*report.warnings, coarse),
    )


def _of_intervals(report: Report, summary: Summary) -> Report:
    """Begin and end of each request: the window from the first end to the last is wall time.

    Intervals that overlap are those of several threads; then no order of execution can be told, and a mean by the
    union of all, as ais_bench has it, says how much the device did.
    """
    intervals = np.asarray(sorted(summary.intervals_ms))
    durations, ends = intervals[:, 1] - intervals[:, 0], np.sort(intervals[:, 1])
    if durations.min() < _LEAST_MS:
        return replace(report, warnings=(*report.warnings, row_warnings.times_not_positive()))
    busy_ms = _union(intervals)
    mean_ms = float(durations.mean())
    # A median of pairs whose mean is not theirs: the program took the instants for durations, and what it multiplied is
    # unknown.
    is_of_instants = summary.is_median_told and abs(summary.compute.mean - mean_ms) > _MERGED_WELL * mean_ms
    batch_size = None if is_of_instants else report.batch_size
    window_s = float(ends[-1] - ends[0]) / 1e3
    known = counted(batch_size, len(ends) - 1, window_s) if len(ends) > 1 and window_s * 1e3 > _LEAST_MS else {}
    is_serial = bool(np.all(intervals[1:, 0] >= intervals[:-1, 1]))
    found = replace(
        report,
        batch_size=batch_size,
        durations_ms=tuple(durations.tolist()) if is_serial else (),
        latency_ms=statistics_of(durations),
        qps_compute=compute_rate(batch_size, len(durations), busy_ms),
        **known,
    )
    told = [row_warnings.instants_as_durations()] if is_of_instants else _of_merging(summary, busy_ms / len(durations))
    coarse = check_age(float(ends[-1]), float(np.median(durations)))
    return replace(found, warnings=(*report.warnings, *told, *([] if coarse is None else [coarse])))


def _of_merging(summary: Summary, mean_ms: float) -> list[RowWarning]:
    if abs(summary.compute.mean - mean_ms) <= _MERGED_WELL * mean_ms:
        return []
    return [row_warnings.merged_wrongly(summary.compute.mean, mean_ms)]


def _of_arguments(summary: Summary) -> list[RowWarning]:
    arguments = summary.arguments
    found: list[RowWarning] = []
    if not arguments or "input" in arguments:
        return found
    if arguments.get("pure_data_type", "zero") == "zero":
        found.append(zero_inputs("ais_bench", _REAL_DATA))
    if threads_of(arguments) > 1:
        found.append(row_warnings.threads_idle(threads_of(arguments)))
    return found


def report_of_times(entries: Sequence[Any]) -> Report | None:
    """From single latencies alone, durations or pairs of begin and end; None where they are neither."""
    durations = [entry[1] - entry[0] if _is_pair(entry) else entry for entry in entries]
    if not durations or not all(isinstance(each, int | float) and _LEAST_MS <= each < 1e12 for each in durations):
        return None
    ordered = tuple(float(each) for each in durations)
    return Report("compute", requests=len(ordered), durations_ms=ordered, latency_ms=statistics_of(np.asarray(ordered)))


def _is_pair(entry: Any) -> bool:
    return isinstance(entry, tuple | list) and len(entry) == 2 and all(isinstance(time, int | float) for time in entry)


def _vendor(compute: Times, throughput: float) -> dict[str, float]:
    latencies = {f"vendor_latency_{name}_ms": compute.by_name.get(name) for name in ("mean", "p50", "p99")}
    return {"vendor_qps": throughput, **{name: value for name, value in latencies.items() if value is not None}}


def _union(intervals: np.ndarray) -> float:
    """How long at least one of the intervals lasted; they are sorted by begin."""
    reached = np.maximum.accumulate(intervals[:, 1])
    begins = np.maximum(intervals[1:, 0], reached[:-1])
    return float(intervals[0, 1] - intervals[0, 0] + np.maximum(0.0, intervals[1:, 1] - begins).sum())
