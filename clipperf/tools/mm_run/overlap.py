"""Whether the devices of a case measured at the same time, from when the lines of its processes came."""

from __future__ import annotations

from collections.abc import Sequence

from clipperf.measure.row_warning import RowWarning
from clipperf.tools.mm_run.log import Run
from clipperf.tools.mm_run.row_warnings import check_overlap


def overlap_of(runs: Sequence[Run]) -> RowWarning | None:
    """A warning where the devices' windows lie apart; None also where their times are not known."""
    spans: dict[tuple[int, str], list[int]] = {}
    for number, run in enumerate(runs):
        for window in run.windows:
            spans.setdefault((number, window.device), []).extend((window.begin_ns, window.end_ns))
    devices = sum(len({summary.device for summary in run.summaries}) for run in runs)
    if len(spans) < 2 or len(spans) < devices:
        return None
    begins, ends = [min(span) for span in spans.values()], [max(span) for span in spans.values()]
    longest_ns = max(end - begin for begin, end in zip(begins, ends, strict=True))
    return None if longest_ns <= 0 else check_overlap(min(ends) - max(begins), longest_ns)
