"""From rows of many nights to one figure of one series night by night."""

from __future__ import annotations

import json
import math
from typing import Any

from nights import night

from clipperf.analysis.night_tracks import Track, tracks_of


def row(number: int, qps: float | None, **columns: Any) -> dict[str, Any]:
    """A row of the history; p99 has its upper bound."""
    told = {"series": "s", "night": night(number), "circumstances": "c", "status": "ok", "warnings": None, "qps": qps}
    return told | columns


def told(found: list[Track], metric: str = "qps") -> dict[str, list[tuple[int, float]]]:
    """Nights and values by series."""
    return {
        track.series: [((reading.night - night(0)).days, reading.value) for reading in track.readings]
        for track in found
        if track.metric.column == metric
    }


def test_a_reading_a_night_oldest_first_for_each_series():
    rows = [row(2, 12.0), row(0, 10.0), row(1, 11.0, series="t"), row(1, 11.5)]
    assert told(tracks_of(rows)) == {"s": [(0, 10.0), (1, 11.5), (2, 12.0)], "t": [(1, 11.0)]}


def test_of_the_repeats_of_a_night_the_lower_median_counts():
    assert told(tracks_of([row(0, 10.0), row(0, 30.0), row(0, 11.0), row(0, 12.0)])) == {"s": [(0, 11.0)]}


def test_of_a_night_on_two_hosts_the_last_one_counts():
    rows = [row(0, 10.0), row(0, 20.0, circumstances="d"), row(0, 21.0, circumstances="d")]
    (track,) = tracks_of(rows)
    assert [(reading.value, reading.circumstances) for reading in track.readings] == [(20.0, "d")]


def test_rows_without_figures_or_belief_do_not_count():
    doubted = json.dumps([{"code": "littles-law", "sentence": "x", "remedy": "y"}])
    rows = [
        row(0, None, status="failed"),
        row(1, 5.0, status="wrong-output"),
        row(2, 10.0, warnings=doubted),
        row(3, math.nan),
        row(4, 10.0, status="inconclusive"),
    ]
    assert told(tracks_of(rows)) == {"s": [(4, 10.0)]}


def test_a_percentile_of_too_few_requests_does_not_count():
    rows = [
        row(0, 10.0, latency_p99_ms=9.0, latency_p99_high_ms=None),
        row(1, 10.0, latency_p99_ms=9.0, latency_p99_high_ms=math.nan),
        row(2, 10.0, latency_p99_ms=9.0, latency_p99_high_ms=9.5),
    ]
    assert told(tracks_of(rows), "latency_p99_ms") == {"s": [(2, 9.0)]}
    assert len(told(tracks_of(rows))["s"]) == 3
