"""What the processes of a case measured, each by itself: its summary, else what it printed, in the case's words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from clipperf.errors import CaseFailed
from clipperf.tools import overlap
from clipperf.tools.ais_bench import row_warnings
from clipperf.tools.ais_bench.arguments import number_of, read_arguments
from clipperf.tools.ais_bench.completions import completions_s
from clipperf.tools.ais_bench.failures import Reason, reason_of
from clipperf.tools.ais_bench.printed import Block, DeviceLine, PrintedRun, read_runs
from clipperf.tools.ais_bench.reports import report_of_block, report_of_summary
from clipperf.tools.ais_bench.summary import ENDING, Summary, UnreadableSummary, read_summary
from clipperf.tools.base import Captured, Line, Report, ToolCase
from clipperf.tools.overlap import Span
from clipperf.tools.together import Place, together

_NO_FIGURES = Reason(
    "no-figures",
    "It ended well and printed no Performance Summary. Run the command by hand, as the log of the case has it.",
)
_SAME = 1e-9


def reports_of_case(case: ToolCase, captured: Sequence[Captured]) -> list[Report]:
    """A report of each place; raises CaseFailed where one did not measure what was asked."""
    number = len(case.device_ids) * case.instances
    if len(captured) == 1 and number > 1:
        places = _of_list(case, captured[0], number)
    else:
        places = [_of_process(case, one) for one in captured]
    return together(places)


def _of_process(case: ToolCase, one: Captured) -> Place:
    run, texts = _read(one)
    summaries, why = _summaries(one.files)
    if not summaries and not run.blocks:
        raise _failed(one, reason_of(texts, one.returncode) or _NO_FIGURES)
    told = report_of_summary(summaries[0]) if summaries else _of_block(run.blocks[-1], run, why)
    report = _as_asked(case, one, told, one.command.device, run)
    ends_s = completions_s(one.lines, report.durations_ms) if report.durations_ms else None
    if ends_s is not None:
        return Place(_seen(report, ends_s[0], ends_s[-1]), Span(float(ends_s[0]), float(ends_s[-1])), ends_s, True)
    span = _span_of(one.lines)
    report = report if span is None else _seen(report, span.begin_s, span.end_s)
    known = report.durations_ms and span is not None and span.length_s >= overlap.LEAST_S
    return Place(report, span, overlap.spread(span, report.durations_ms) if known and span else None)


def _seen(report: Report, begin_s: float, end_s: float) -> Report:
    """With the instants at which clipperf saw the lines of its first and its last request."""
    return replace(report, window_ns=(round(begin_s * 1e9), round(end_s * 1e9)))


def _of_list(case: ToolCase, one: Captured, number: int) -> list[Place]:
    """A process that drives a list of devices by itself; its last lines tell when each began and ended."""
    run, texts = _read(one)
    if len(run.device_lines) < number:
        reason = reason_of(texts, one.returncode) or Reason(
            "device-failed", f"It told of {len(run.device_lines)} of {number} places of execution."
        )
        raise _failed(one, reason)
    summaries, why = _summaries(one.files)
    places = []
    for line in sorted(run.device_lines, key=lambda each: each.position):
        summary, block = _summary_for(line, summaries), _block_for(line, run.blocks)
        if summary is None and block is None:
            raise _failed(one, _NO_FIGURES)
        if summary is not None:
            report = report_of_summary(summary)
        else:
            assert block is not None
            report = _of_block(block, run, why or "does not tell of every device")
        report = _as_asked(case, one, report, line.device, run)
        span = None if line.begin_s is None or line.end_s is None else Span(line.begin_s, line.end_s)
        places.append(_listed(report, span))
    return places


def _listed(report: Report, span: Span | None) -> Place:
    """One of a list, which was told when it began and ended by the wall clock."""
    if span is None or span.length_s < overlap.LEAST_S or not report.durations_ms:
        return Place(report, span)
    short = row_warnings.check_wall_time(sum(report.durations_ms) / 1e3, span.length_s)
    full = report if short is None else replace(report, warnings=(*report.warnings, short))
    return Place(full, span, overlap.spread(span, report.durations_ms), True)


def _read(one: Captured) -> tuple[PrintedRun, list[str]]:
    """All that a process printed as one run; raises CaseFailed where it did not end well."""
    texts = [line.text for line in one.lines]
    if one.returncode != 0:
        reason = reason_of(texts, one.returncode)
        assert reason is not None, "an exit code that is not 0 is a reason"
        raise _failed(one, reason)
    runs = read_runs(texts)
    return max(runs, key=lambda run: (len(run.device_lines), len(run.blocks))), texts


def _failed(one: Captured, reason: Reason) -> CaseFailed:
    return CaseFailed(reason.kind, f"ais_bench on device {one.command.device} failed. {reason.sentence}")


def _summaries(files: Mapping[str, str]) -> tuple[list[Summary], str]:
    """Those that can be read, and why others cannot."""
    found, why = [], "is missing"
    for name, text in files.items():
        if name.endswith(ENDING):
            try:
                found.append(read_summary(name, text))
            except UnreadableSummary as error:
                why = str(error)
    return found, "" if found else why


def _of_block(block: Block, run: PrintedRun, why: str) -> Report:
    report = report_of_block(block)
    warning = row_warnings.no_single_latencies(why)
    return replace(report, requests=run.requests, warnings=(*report.warnings, warning))


def _as_asked(case: ToolCase, one: Captured, report: Report, device: str, run: PrintedRun) -> Report:
    """The report in the case's words; raises CaseFailed where it is about other requests than were asked for."""
    asked = read_arguments(one.command.argv)
    loops = number_of(asked, "loop", 1)
    if report.batch_size != case.batch_size:
        has = "none that it could tell" if report.batch_size is None else str(report.batch_size)
        reason = Reason(
            "wrong-batch-size",
            f"The model's batch size is {has}, the case has --batch {case.batch_size}. Write {{batch}} into --model "
            "where the files of several sizes differ, or give --option dymBatch=true for a dynamic model; where the "
            "first dimension of its first input is no batch, --option batchsize=true has ais_bench believe the case.",
        )
        raise _failed(one, reason)
    if report.requests is not None and report.requests != loops:
        several = f"{report.requests} requests were timed where {loops} were asked for."
        remedy = "Give --option input one file for each input of the model, which make one batch together."
        raise _failed(one, Reason("wrong-number", f"{several} {remedy if 'input' in asked else ''}".rstrip()))
    forced = (row_warnings.mode_forced(),) if run.is_mode_forced else ()
    return replace(
        report,
        device=device,
        model=case.model,
        instances=1,
        queue_depth=1,
        options={},
        requests=loops,
        warmup_requests=number_of(asked, "warmup_count", 1),
        warnings=(*report.warnings, *forced),
    )


def _summary_for(line: DeviceLine, summaries: Sequence[Summary]) -> Summary | None:
    """Up to 2023-06 the file of a device that is listed twice is that of the last: the throughput tells whose it is."""
    own = [each for each in summaries if each.device == line.device and _is_same(each.throughput, line.throughput)]
    placed = [each for each in own if each.position in (None, line.position)]
    return placed[0] if placed else None


def _block_for(line: DeviceLine, blocks: Sequence[Block]) -> Block | None:
    return next((block for block in blocks if _is_same(block.throughput, line.throughput)), None)


def _is_same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=_SAME)


def _span_of(lines: Sequence[Line]) -> Span | None:
    """From the end of the warm-up to the summary, by when the lines came; copies are in it too."""
    warm = [line.at_ns for line in lines if line.at_ns is not None and "warm up" in line.text and "done" in line.text]
    told = [line.at_ns for line in lines if line.at_ns is not None and "Performance Summary" in line.text]
    return Span(warm[-1] / 1e9, told[0] / 1e9) if warm and told else None
