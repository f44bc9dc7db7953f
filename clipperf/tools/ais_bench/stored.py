"""Logs and summaries of ais_bench that were taken elsewhere.

A log that lists devices gives a report of each, with a warning on all where they did not measure together: every report
is about one device, so that its figures are those that were printed. ``qps`` stands where the log has wall time: begin
and end of each of a list of devices, or the ``end_to_end_time`` of builds from 2023-07 to 2023-10.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from dataclasses import replace

from clipperf.errors import UsageError
from clipperf.measure.row_warning import RowWarning
from clipperf.tools.ais_bench import row_warnings
from clipperf.tools.ais_bench.clock import check_age
from clipperf.tools.ais_bench.failures import Reason, reason_of
from clipperf.tools.ais_bench.printed import Block, DeviceLine, PrintedRun, read_runs
from clipperf.tools.ais_bench.reports import (
    report_of_block,
    report_of_summary,
    report_of_times,
)
from clipperf.tools.ais_bench.summary import UnreadableSummary, read_summary
from clipperf.tools.base import Report, lines_of
from clipperf.tools.overlap import LEAST_S, Span
from clipperf.tools.overlap_warnings import check_overlap, overlap_unknown
from clipperf.tools.rates import in_wall_time

_SAME = 1e-9
_MOST_TIMES = 4_000_000


def read_stored(name: str, text: str) -> list[Report]:
    """The measurements in a file; raises UsageError where it has none, with what the program died of."""
    if text.lstrip().startswith("{"):
        try:
            return [report_of_summary(read_summary(name, text))]
        except UnreadableSummary as error:
            raise UsageError(f"{name}: this is no summary of ais_bench: it {error}.") from None
    runs = read_runs(line.text for line in lines_of(text))
    found = [reports_of_run(run) for run in runs]
    reasons = [
        reason
        for run, reports in zip(runs, found, strict=True)
        if not reports and (reason := reason_of(run.lines, None))
    ]
    if not any(found):
        raise UsageError(f"{name}: {_why_none(reasons)}")
    warnings = (row_warnings.runs_failed([reason.sentence for reason in reasons]),) if reasons else ()
    number = sum(bool(reports) for reports in found)
    labelled = []
    for position, reports in enumerate(each for each in found if each):
        run_label = f"run {position + 1}" if number > 1 else ""
        labelled += [_labelled(report, run_label, len(reports) > 1, warnings) for report in reports]
    return labelled


def reports_of_run(run: PrintedRun) -> list[Report]:
    """A report of each process that told its figures."""
    if not run.blocks:
        times = _exec_times(run)
        return [] if times is None else [_of_run(times, run)]
    lines = list(run.device_lines)
    reports = []
    for block in run.blocks:
        line = next((each for each in lines if math.isclose(each.throughput, block.throughput, rel_tol=_SAME)), None)
        if line is not None:
            lines.remove(line)
        reports.append(_of_block(block, line, run))
    warnings = _of_devices(run)
    told = [replace(report, warnings=(*report.warnings, *warnings)) for report in reports]
    return sorted(told, key=lambda report: int(report.device or 0)) if run.device_lines else told


def _of_block(block: Block, line: DeviceLine | None, run: PrintedRun) -> Report:
    report = _of_run(report_of_block(block), run)
    if line is not None:
        report = replace(report, device=line.device)
        wall_s = None if line.begin_s is None or line.end_s is None else line.end_s - line.begin_s
    else:
        wall_s = run.end_to_end_s if len(run.blocks) == 1 else None
    if run.threads > 1:
        report = _of_threads(report, block, run)
    elif block.is_mean_alone:
        # Several threads, of which the line that tells how many is not in the log; their mean is no latency.
        report = replace(report, latency_ms={}, instances=None, queue_depth=None)
    elif run.has_timeline and run.requests is not None:
        coarse = check_age(block.compute.mean * run.requests, block.compute.median or block.compute.mean)
        report = report if coarse is None else replace(report, warnings=(*report.warnings, coarse))
    if wall_s is None or wall_s < LEAST_S or run.requests is None:
        return report
    found = in_wall_time(report, run.requests, wall_s)
    short = row_warnings.check_wall_time(block.compute.mean * run.requests / 1e3, wall_s) if run.threads == 1 else None
    return found if short is None else replace(found, warnings=(*found.warnings, short))


def _of_threads(report: Report, block: Block, run: PrintedRun) -> Report:
    """With several threads the mean is no latency but the time of the device divided by the requests."""
    if not run.is_first_threads:
        return replace(report, latency_ms={})
    if block.compute.median is None:
        warning = row_warnings.merges_wrongly()
    else:
        warning = row_warnings.divided_by_threads(run.threads)
    return replace(report, latency_ms={}, qps_compute=None, warnings=(*report.warnings, warning))


def _of_run(report: Report, run: PrintedRun) -> Report:
    """With what the run said around the figures."""
    warnings = [row_warnings.mode_forced()] if run.is_mode_forced else []
    if run.is_thread_alone:
        warnings.append(row_warnings.threads_ignored())
    return replace(
        report,
        model=next(iter(run.models)) if len(run.models) == 1 else "",
        device=next(iter(run.opened)) if len(run.opened) == 1 and not run.devices else "",
        instances=run.threads,
        queue_depth=1 if run.threads == 1 else None,
        requests=report.requests or run.requests,
        warmup_requests=next(iter(run.warmups)) if len(run.warmups) == 1 else None,
        warnings=(*report.warnings, *warnings),
    )


def _of_devices(run: PrintedRun) -> list[RowWarning]:
    """What a run with a list of devices has to say on all of them."""
    found = []
    spans = [Span(line.begin_s, line.end_s) for line in run.device_lines if line.begin_s and line.end_s]
    if len(spans) > 1 and len(spans) == len(run.device_lines):
        overlap = check_overlap(spans, False)
        found += [] if overlap is None else [overlap]
    elif len(run.blocks) > 1 and run.devices:
        found.append(overlap_unknown())
    if len(run.blocks) < len(run.devices):
        reason = reason_of(run.lines, None)
        told = f"{len(run.blocks)} of {len(run.devices)} told their figures."
        found.append(row_warnings.device_failed(f"{told} {reason.sentence if reason else ''}".rstrip()))
    return found


def _labelled(report: Report, run_label: str, is_one_of_several: bool, warnings: Sequence[RowWarning]) -> Report:
    device = f"device {report.device}" if is_one_of_several and report.device else ""
    label = ", ".join(part for part in (run_label, device) if part)
    return replace(report, label=label, warnings=(*report.warnings, *warnings))


def _why_none(reasons: Sequence[Reason]) -> str:
    if not reasons:
        return (
            "this is no log of ais_bench with figures: it has no whole line with its throughput, which stands under "
            "that with NPU_compute_time; give what the program printed, or its *_summary.json."
        )
    return f"this run of ais_bench failed ({reasons[-1].kind}). {reasons[-1].sentence}"


def _exec_times(run: PrintedRun) -> Report | None:
    """Scripts on its Python interface print its ``exec_time_list``: durations, or since 2023-10 begin and end."""
    for text in run.exec_times:
        try:
            found = ast.literal_eval(text) if len(text) < _MOST_TIMES else None
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        report = report_of_times(found) if isinstance(found, list) else None
        if report is not None:
            return report
    return None
