"""Whether the devices of a case measured at the same time, from when the lines of its processes came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clipperf.tools.base import Report
from clipperf.tools.mm_run.log import Run
from clipperf.tools.mm_run.row_warnings import check_overlap


def judged(reports: Sequence[Report], runs: Sequence[Run]) -> Sequence[Report]:
    """The reports of a case with a warning where their windows lie apart; without rates where none add up."""
    together_s, longest_s = _windows(runs)
    warning = check_overlap(together_s, longest_s) if longest_s > 0 else None
    if warning is None:
        return reports
    told = [replace(report, warnings=(*report.warnings, warning)) for report in reports]
    return told if together_s > 0 else [replace(report, qps=None, requests_per_s=None) for report in told]


def _windows(runs: Sequence[Run]) -> tuple[float, float]:
    """How long all measured together and how long the longest did; 0 where only one did or a time is not known."""
    spans: dict[tuple[int, str], list[int]] = {}
    for number, run in enumerate(runs):
        for window in run.windows:
            spans.setdefault((number, window.device), []).extend((window.begin_ns, window.end_ns))
    devices = sum(len({summary.device for summary in run.summaries}) for run in runs)
    if len(spans) < max(2, devices):
        return 0.0, 0.0
    begins, ends = [min(span) for span in spans.values()], [max(span) for span in spans.values()]
    longest_ns = max(end - begin for begin, end in zip(begins, ends, strict=True))
    return (min(ends) - max(begins)) / 1e9, longest_ns / 1e9
