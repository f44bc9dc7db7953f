"""Verdicts on a night, from the history."""

from __future__ import annotations

from typing import Any

import pytest
from nights import figures, night
from rows import row

from clipperf.analysis.night_summary import CONTROL
from clipperf.analysis.night_verdict import ABSENT, BROKEN, NEW, QUIET, REGRESSION, SUSPECTED
from clipperf.history.database import History
from clipperf.history.identity import series_key
from clipperf.history.notes import ChangePoint, acknowledge
from clipperf.nightly.judging import changed_since_last_night, judge
from tests.nightly.conftest import AddNight

THRESHOLD = 0.02


def fill(add_night: AddNight, values: Any, first: int = 0, **columns: Any) -> None:
    """A night for each value, of two batch sizes of which only the second follows the values."""
    steady = figures(0.01, len(values), seed=7)
    for number, (value, other) in enumerate(zip(values, steady, strict=True), first):
        add_night(number, [row(1, other, **columns), row(8, value, **columns)])


def kinds(history: History, number: int, host: str = "box") -> dict[tuple[int, str], str]:
    """Verdicts by batch size and figure."""
    found = judge(history, night(number), host, THRESHOLD)
    return {
        (found.series[each.track.series]["batch_size"], each.track.metric.column): each.kind for each in found.verdicts
    }


def test_the_series_that_changed_is_named_and_no_other(history: History, add_night: AddNight):
    fill(add_night, figures(0.01, 23, {20: -0.1}))
    assert set(kinds(history, 19).values()) == {QUIET}
    found = kinds(history, 22)
    assert {figure for (batch, figure), kind in found.items() if batch == 8 and kind == REGRESSION} == {
        "qps", "latency_p50_ms", "latency_p99_ms",
    }  # fmt: skip
    assert {kind for (batch, _), kind in found.items() if batch == 1} == {QUIET}


def test_an_acknowledged_change_is_silent(history: History, add_night: AddNight):
    fill(add_night, figures(0.01, 23, {20: -0.1}))
    for metric in ("qps", "latency_p50_ms", "latency_p99_ms"):
        acknowledge(history, ChangePoint(series_key(row(8)), metric, night(20)), "new driver", "me")
    assert set(kinds(history, 22).values()) == {QUIET}


def test_the_control_stands_by_itself(history: History, add_night: AddNight):
    fill(add_night, figures(0.01, 10))
    add_night(10, [row(1, 100.0), row(1, 40.0, side=CONTROL)])
    found = judge(history, night(10), "box", THRESHOLD)
    assert {each.kind for each in found.control} == {NEW}
    assert all(found.series[each.track.series]["side"] != CONTROL for each in found.verdicts)


def test_a_series_without_figures_tonight_is_absent_for_a_week(history: History, add_night: AddNight):
    fill(add_night, figures(0.01, 10))
    add_night(10, [row(1, 100.0)])
    assert kinds(history, 10)[8, "qps"] == ABSENT
    for number in range(11, 18):
        add_night(number, [row(1, 100.0)])
    assert (8, "qps") not in kinds(history, 17)


def test_another_host_is_judged_by_its_own_nights(history: History, add_night: AddNight):
    slow = figures(0.01, 12, seed=3) / 2
    for number, value in enumerate(figures(0.01, 12)):
        add_night(number, [row(8, value)])
        add_night(number, [row(8, slow[number], host="other")])
    assert set(kinds(history, 11).values()) == set(kinds(history, 11, "other").values()) == {QUIET}


def test_a_series_that_moved_to_this_host_says_so(history: History, add_night: AddNight):
    fill(add_night, figures(0.01, 10))
    add_night(10, [row(8, 50.0, host="new", runner_version="1.24.0")])
    found = judge(history, night(10), "new", THRESHOLD)
    assert {each.kind for each in found.verdicts} == {BROKEN}
    (told,) = found.breaks.values()
    assert "host was box and is new" in told
    assert "runner_version was 1.23.0 and is 1.24.0" in told


@pytest.mark.parametrize("slow", [0.4, 0.7])
def test_the_first_slow_night_is_suspected(history: History, add_night: AddNight, slow: float):
    values = figures(0.01, 8)
    values[7] *= 1 - slow
    fill(add_night, values)
    assert kinds(history, 7)[8, "qps"] == SUSPECTED


def test_what_changed_around_the_night_is_told(history: History, add_night: AddNight):
    add_night(0, [row(1, 10.0)], {"cpu": {"governor": "performance"}})
    add_night(1, [row(1, 10.0, host="other")], {"cpu": {"governor": "powersave"}})
    add_night(2, [row(1, 10.0)], {"cpu": {"governor": "ondemand"}})
    assert changed_since_last_night(history, night(0), "box") == []
    assert changed_since_last_night(history, night(2), "box") == ["cpu.governor: performance → ondemand"]


def test_an_empty_history_has_no_verdict(history: History):
    assert judge(history, night(0), "box", THRESHOLD).verdicts == ()
