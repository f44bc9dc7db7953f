"""What is asked for is found, and only that."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clipperf.errors import UsageError
from clipperf.history.adding import add_run
from clipperf.history.database import History
from clipperf.history.entry import read_entry
from clipperf.history.naming import find_run, find_series
from clipperf.history.reading import (
    Wanted,
    last_nights,
    read_environments,
    read_figures,
    read_rows_by_run,
    read_runs,
    read_series,
)
from tests.history.run_folders import run_folder
from tests.rows import lost, row

NIGHTS = [f"2026-11-{day:02}" for day in (1, 2, 3, 5)]


@pytest.fixture
def nights(history: History, tmp_path: Path) -> History:
    """Four nights of two batch sizes, the third with a failure, and a sweep by day."""
    for number, night in enumerate(NIGHTS):
        rows = [row(1, 20.0 + number), row(8, 30.0 + number), row(8, 40.0 + number, repeat=1)]
        if number == 2:
            rows[1] = lost(8)
        add_run(history, read_entry(run_folder(tmp_path / night, *rows, night=night)))
    add_run(history, read_entry(run_folder(tmp_path / "by-day", row(1, 99.0, started_at="2026-11-03T10:00:00Z"))))
    return history


def key_of(history: History, batch: int) -> str:
    series = read_series(history)
    (key,) = series.loc[series["batch_size"] == batch, "series"]
    return str(key)


def test_figures_come_by_series_and_night_with_failures_among_them(nights: History):
    found = read_figures(nights, ["qps", "latency_p99_ms"], Wanted())
    assert list(found.columns) == [
        "series", "night", "run", "circumstances", "host", "run_id", "is_nightly", "git_rev", "repeat", "status",
        "qps", "latency_p99_ms",
    ]  # fmt: skip
    of_eight = found[found["series"] == key_of(nights, 8)]
    assert list(of_eight["qps"].fillna(-1)) == [30.0, 40.0, 31.0, 41.0, -1, 42.0, 33.0, 43.0]
    assert list(of_eight["night"].unique()) == [date.fromisoformat(night) for night in NIGHTS]
    assert list(of_eight["status"])[4] == "failed"
    assert of_eight["latency_p99_ms"].iloc[0] == pytest.approx(1000 * 8 / 30 * 1.2)


def test_some_nights_of_some_series(nights: History):
    since, until = date(2026, 11, 2), date(2026, 11, 3)
    for series in ([key_of(nights, 1)], None):
        found = read_figures(nights, ["qps"], Wanted(since, until, series))
        assert sorted(found["night"].unique()) == [since, until]
        assert len(found) == (2 if series else 6)
    assert read_figures(nights, ["qps"], Wanted(series=[])).empty
    assert read_figures(nights, ["qps"], Wanted(series=["0" * 16])).empty


def test_runs_by_day_count_only_when_asked_for(nights: History):
    key = key_of(nights, 1)
    assert 99.0 not in set(read_figures(nights, ["qps"], Wanted())["qps"])
    with_all = read_figures(nights, ["qps"], Wanted(series=[key], with_other_runs=True))
    assert list(with_all["qps"]) == [20.0, 21.0, 22.0, 99.0, 23.0]
    assert list(read_runs(nights, Wanted())["run_id"]) == NIGHTS


def test_the_last_nights_are_those_on_which_something_ran(nights: History):
    assert last_nights(nights, 2) == [date(2026, 11, 3), date(2026, 11, 5)]
    assert last_nights(nights, 2, until=date(2026, 11, 4)) == [date(2026, 11, 2), date(2026, 11, 3)]
    assert len(last_nights(nights, 120)) == 4


def test_series_tell_what_they_are_and_how_long_they_run(nights: History):
    found = read_series(nights).set_index("batch_size")
    assert list(found.loc[8, ["model", "runner", "scope", "first_night", "last_night"]]) == [
        "vit_b_32", "onnxruntime", "host", date(2026, 11, 1), date(2026, 11, 5),
    ]  # fmt: skip


def test_environments_of_some_runs(nights: History):
    (last,) = read_environments(nights, Wanted(since=date(2026, 11, 4))).values()
    assert last["uptime_s"].endswith(NIGHTS[-1])


def test_rows_by_run_come_in_pieces(nights: History, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("clipperf.history.reading._ROWS_AT_ONCE", 4)
    pieces = list(read_rows_by_run(nights, Wanted(with_other_runs=True)))
    assert [len(piece) for piece in pieces] == [6, 4, 3]


def test_a_column_that_is_not_there_is_told(nights: History):
    with pytest.raises(UsageError, match=r"^qsp: no such column of a row; take some of schema_version, "):
        read_figures(nights, ["qsp"], Wanted())


def test_series_and_runs_are_found_by_the_beginning_of_their_key(nights: History):
    key = key_of(nights, 8)
    assert find_series(nights, key[:4]) == find_series(nights, key.upper()) == key
    run = find_run(nights, NIGHTS[0])
    assert find_run(nights, run[:6]) == run


@pytest.mark.parametrize("name", ["", "0", "%", "____", "zzzz", "0000", "'; DROP TABLE clipperf_runs; --"])
def test_a_name_that_nothing_has_is_told(name: str, nights: History):
    with pytest.raises(UsageError, match="the history has none of that name; give 4 digits or more"):
        find_series(nights, name)
    with pytest.raises(UsageError, match="the history has none of that name; give a name, or 4 digits or more"):
        find_run(nights, name)


def test_a_name_of_several_runs_is_told_with_their_keys(nights: History, tmp_path: Path):
    add_run(nights, read_entry(run_folder(tmp_path / "again" / NIGHTS[0], row())))
    with pytest.raises(
        UsageError, match=r"run 2026-11-01: the history has several: [0-9a-f]{16}, [0-9a-f]{16} of that"
    ):
        find_run(nights, NIGHTS[0])
