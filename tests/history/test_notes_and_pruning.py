"""What people wrote stays with its series, also while old nights are forgotten."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clipperf.errors import UsageError
from clipperf.history.adding import add_run
from clipperf.history.address import Address
from clipperf.history.database import History, open_history
from clipperf.history.entry import read_entry
from clipperf.history.notes import (
    ChangePoint,
    acknowledge,
    annotate,
    read_acknowledgements,
    read_annotations,
    withdraw,
)
from clipperf.history.pruning import Old, count_before, forget_before
from clipperf.history.reading import Wanted, read_figures, read_runs, read_series
from tests.history.run_folders import run_folder
from tests.rows import row

FIRST, SECOND, THIRD = (date(2026, 11, day) for day in (1, 2, 3))


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Three nights of one case; each has another case of its own too."""
    return [
        run_folder(tmp_path / str(night), row(1), row(10 + night.day), night=str(night))
        for night in (FIRST, SECOND, THIRD)
    ]


@pytest.fixture
def nights(history: History, folders: list[Path]) -> History:
    """Their history."""
    for folder in folders:
        add_run(history, read_entry(folder))
    return history


def series_of(history: History) -> dict[int, str]:
    return {one.batch_size: one.series for one in read_series(history).itertuples()}


def test_the_same_sentence_twice_is_one(nights: History):
    series = series_of(nights)[1]
    for _ in range(2):
        annotate(nights, SECOND, "driver 24.1", "ann")
        annotate(nights, SECOND, "fan replaced", "bob", series)
        annotate(nights, FIRST, "driver 24.1", "ann")
    found = read_annotations(nights)
    assert [(one.night, one.text, one.author) for one in found.itertuples()] == [
        (FIRST, "driver 24.1", "ann"),
        (SECOND, "driver 24.1", "ann"),
        (SECOND, "fan replaced", "bob"),
    ]
    assert [one if isinstance(one, str) else None for one in found["series"]] == [None, None, series]


def test_an_acknowledged_change_point_is_one_until_it_is_withdrawn(nights: History):
    point = ChangePoint(series_of(nights)[1], "qps", SECOND)
    acknowledge(nights, point, "", "ann")
    acknowledge(nights, point, "slower by design", "bob")
    acknowledge(nights, ChangePoint(point.series, "latency_p99_ms", SECOND), "", "ann")
    (of_p99, of_qps) = read_acknowledgements(nights).itertuples()
    assert (of_qps.series, of_qps.metric, of_qps.night) == (point.series, "qps", SECOND)
    assert (of_qps.text, of_qps.author, of_p99.metric) == ("slower by design", "bob", "latency_p99_ms")
    assert withdraw(nights, point)
    assert not withdraw(nights, point)
    assert list(read_acknowledgements(nights)["metric"]) == ["latency_p99_ms"]


def test_a_night_of_which_the_series_has_nothing_is_told_instead_of_acknowledged(nights: History):
    key = series_of(nights)[12]
    with pytest.raises(
        UsageError, match=rf"^--night 2026-11-01: series {key} has no row of that night; clipperf history"
    ):
        acknowledge(nights, ChangePoint(key, "qps", FIRST), "", "ann")
    assert read_acknowledgements(nights).empty


def test_a_series_that_the_history_does_not_have_takes_no_notes(nights: History):
    nowhere = ChangePoint("0" * 16, "qps", FIRST)
    for write in (
        lambda: acknowledge(nights, nowhere, "", ""),
        lambda: withdraw(nights, nowhere),
        lambda: annotate(nights, FIRST, "text", "", nowhere.series),
    ):
        with pytest.raises(
            UsageError, match=r"The history has no series 0{16}; clipperf history list series prints all"
        ):
            write()


def test_nights_before_a_date_are_forgotten_with_series_of_which_nothing_is_left(nights: History):
    noted = series_of(nights)
    annotate(nights, FIRST, "kept", "ann", noted[11])
    acknowledge(nights, ChangePoint(noted[12], "qps", SECOND), "", "ann")
    assert count_before(nights, THIRD) == Old(2, 4)
    forget_before(nights, THIRD)
    assert count_before(nights, THIRD) == Old(0, 0)
    assert list(read_runs(nights, Wanted())["night"]) == [THIRD]
    assert set(read_figures(nights, ["qps"], Wanted())["night"]) == {THIRD}
    assert set(series_of(nights)) == {1, 11, 12, 13}
    assert len(read_annotations(nights)) == len(read_acknowledgements(nights)) == 1


def test_a_series_without_a_note_goes_with_its_last_night(nights: History):
    forget_before(nights, THIRD)
    assert set(series_of(nights)) == {1, 13}
    forget_before(nights, date(2027, 1, 1))
    assert read_series(nights).empty


def test_forgotten_runs_come_back_from_their_folders_and_find_their_notes(nights: History, folders: list[Path]):
    key = series_of(nights)[1]
    acknowledge(nights, ChangePoint(key, "qps", FIRST), "known", "ann")
    forget_before(nights, date(2027, 1, 1))
    for folder in folders:
        add_run(nights, read_entry(folder))
    assert series_of(nights)[1] == key == read_acknowledgements(nights)["series"].iloc[0]


def test_a_file_gives_its_room_back(file: Address, tmp_path: Path):
    many = [row(1, repeat=number, error="x" * 500) for number in range(400)]
    with open_history(file) as history:
        add_run(history, read_entry(run_folder(tmp_path / "large", *many, night=str(FIRST))))
        assert file.file is not None
        forget_before(history, SECOND)
    assert file.file.stat().st_size < 200_000
