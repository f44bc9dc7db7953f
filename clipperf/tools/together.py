"""Reports of several devices or instances put together.

Their rates add up only over the time in which all of them measured, so everything that is summed is taken from the
requests that ended in that time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from clipperf.measure.row_warning import RowWarning
from clipperf.tools import overlap, overlap_warnings
from clipperf.tools.base import Report
from clipperf.tools.overlap import Span
from clipperf.tools.rates import in_wall_time, rate_of


@dataclass(frozen=True)
class Place:
    """One place of execution: ``ends_s`` are when the last of its requests ended, as many as are known.

    ``is_wall_time`` tells whether those are instants of a clock, and not a span that was shared out among them.
    """

    report: Report
    span: Span | None = None
    ends_s: np.ndarray | None = None
    is_wall_time: bool = False


def together(places: Sequence[Place]) -> list[Report]:
    """The reports of places that measured at once, with rates that may be added; none where they did not."""
    if len(places) == 1:
        return [_alone(places[0])]
    spans = [place.span for place in places if place.span is not None]
    if len(spans) < len(places):
        return _without_sum(places, overlap_warnings.overlap_unknown())
    if overlap.share(spans) == 0:
        return _without_sum(places, overlap_warnings.check_overlap(spans, False))
    window = overlap.common(spans)
    ends = [place.ends_s for place in places if place.ends_s is not None]
    if len(ends) < len(places):
        warning = overlap_warnings.check_overlap(spans, False)
        return _without_sum(places, warning) if warning else [place.report for place in places]
    chosen = [overlap.within(window, each) for each in ends]
    fewest = min(int(each.sum()) for each in chosen)
    if fewest < min(overlap.FEWEST, *(len(each) // 2 for each in ends)):
        return _without_sum(places, overlap_warnings.too_few_together(fewest))
    is_wall_time = all(place.is_wall_time for place in places)
    warning = overlap_warnings.check_overlap(spans, True)
    return [
        _in_window(place, each, window, is_wall_time, () if warning is None else (warning,))
        for place, each in zip(places, chosen, strict=True)
    ]


def _alone(place: Place) -> Report:
    if place.ends_s is None or not place.is_wall_time:
        return place.report
    return in_wall_time(place.report, len(place.ends_s) - 1, float(place.ends_s[-1] - place.ends_s[0]))


def _in_window(
    place: Place, chosen: np.ndarray, window: Span, is_wall_time: bool, warnings: tuple[RowWarning, ...]
) -> Report:
    durations = place.report.durations_ms[-len(chosen) :]
    kept = tuple(duration for duration, is_kept in zip(durations, chosen, strict=True) if is_kept)
    report = replace(
        place.report,
        durations_ms=kept,
        requests=len(kept),
        qps_compute=rate_of(place.report, kept),
        warnings=(*place.report.warnings, *warnings),
    )
    return in_wall_time(report, len(kept), window.length_s) if is_wall_time else report


def _without_sum(places: Sequence[Place], warning: RowWarning | None) -> list[Report]:
    warnings = () if warning is None else (warning,)
    return [
        replace(
            place.report,
            qps=None,
            requests_per_s=None,
            window_s=None,
            qps_compute=None,
            warnings=(*place.report.warnings, *warnings),
        )
        for place in places
    ]
