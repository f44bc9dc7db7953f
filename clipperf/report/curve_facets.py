"""Which curves share a pair of panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from clipperf.analysis.circumstances import circumstances, label, varying
from clipperf.analysis.series import Series, labels, measured, split
from clipperf.report.curve_axis import Axis, choose_axis
from clipperf.report.curve_style import MOST

RATES = ("qps", "qps_compute")
"""The throughput that was counted, and the one that a vendor's tool derived: never on one axis."""


@dataclass(frozen=True, eq=False)
class Facet:
    """The curves of one pair of panels and the series that have no figure at all.

    ``title`` says in what the curves agree of what varies in the frame; ``rate`` names the column of the throughput.
    ``rows`` holds all rows that the scales must cover: pairs of one scope are read against each other, so they have the
    same scales. ``has_latency`` is false where nobody told a latency, or where other panels show it already.
    """

    axis: Axis
    rate: str
    rows: pd.DataFrame
    curves: tuple[Series, ...]
    lost: tuple[Series, ...] = ()
    title: str = ""
    has_latency: bool = False

    @property
    def names(self) -> list[str]:
        """What tells the curves apart, then the lost series; all empty where there is only one of them."""
        return labels([series.key for series in (*self.curves, *self.lost)])


def facets(frame: pd.DataFrame) -> list[Facet]:
    """Panels for a frame: one scope and one kind of throughput in each, and no more curves than can be told apart.

    Where a vendor's tool derived a throughput from device time beside the one that was counted, both have panels. A row
    whose batch size nobody told has no place in them.
    """
    frame = frame[frame["batch_size"].notna()]
    scopes: dict[str, list[Series]] = {}
    for series in split(frame):
        scopes.setdefault(series.scope, []).append(series)
    found = []
    for group in scopes.values():
        lost = [series for series in group if not any(_has_rate(series, rate) for rate in RATES)]
        for number, rate in enumerate(RATES):
            shown = [series for series in group if _has_rate(series, rate)]
            if shown:
                is_new = not all(_has_rate(series, earlier) for series in shown for earlier in RATES[:number])
                found += _facets(pd.concat([series.rows for series in (*shown, *lost)]), rate, number == 0 or is_new)
                lost = []
    return _titled(found, frame)


def _has_rate(series: Series, rate: str) -> bool:
    return bool(measured(series.rows)[rate].notna().any())


def _facets(rows: pd.DataFrame, rate: str, is_new: bool) -> list[Facet]:
    axis = choose_axis(rows)
    series = split(rows, axis.folded)
    lost = tuple(one for one in series if not _has_rate(one, rate))
    parts = _parts([one for one in series if _has_rate(one, rate)])
    has_latency = is_new and bool(measured(rows)[["latency_p50_ms", "latency_p99_ms"]].notna().any(axis=None))
    facet = Facet(axis, rate, rows, (), has_latency=has_latency)
    return [replace(facet, curves=tuple(part), lost=() if number else lost) for number, part in enumerate(parts)]


def _parts(curves: list[Series]) -> list[list[Series]]:
    if len(curves) <= MOST:
        return [curves]
    keys = pd.DataFrame([curve.key for curve in curves]).reset_index(drop=True)
    splits = [list(keys.groupby(name, sort=False).indices.values()) for name in varying(keys)]
    fitting = [split for split in splits if max(map(len, split)) <= MOST]
    if fitting:
        return [[curves[number] for number in part] for part in min(fitting, key=len)]
    # No single circumstance divides them finely enough: take the one that divides best and go on inside its parts.
    finest = min(splits, key=lambda split: max(map(len, split)))
    return [smaller for part in finest for smaller in _parts([curves[number] for number in part])]


def _titled(found: Sequence[Facet], frame: pd.DataFrame) -> list[Facet]:
    texts = circumstances(frame)
    # Who held the clock is told even where the runner implies it.
    told_apart = {*varying(texts), *(["measured_by"] if texts["measured_by"].nunique() > 1 else [])}
    titled = []
    for facet in found:
        own = texts.loc[pd.concat([curve.rows for curve in facet.curves]).index]
        common = [str(name) for name in texts.columns if name in told_apart and own[name].nunique() == 1]
        titled.append(replace(facet, title=label(own.iloc[0], common)))
    return titled
