"""Rows in the history are those of their run folders, once, and as the folders have them now."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from clipperf.errors import UsageError
from clipperf.history.adding import add_run
from clipperf.history.database import History
from clipperf.history.entry import read_entry, run_folders
from clipperf.history.reading import (
    Wanted,
    read_circumstances,
    read_environments,
    read_figures,
    read_rows_by_run,
    read_runs,
    read_series,
)
from clipperf.results.folder import RESULTS, reopen_folder
from clipperf.results.frame import read_rows
from clipperf.results.schema import COLUMNS
from tests.history.run_folders import run_folder
from tests.rows import lost, row, sweep

ALL = Wanted(with_other_runs=True)
VALUES = {"string": 'a text, with "quotes"', "Int64": 2**62, "float64": 0.1 + 0.2, "boolean": True}
FULL = {column.name: VALUES[column.dtype] for column in COLUMNS} | {
    "schema_version": 1, "run_id": "full", "status": "ok", "started_at": "2026-11-20T23:59:59.999+00:00",
    "options": '{"a": 1}',
}  # fmt: skip


def added(history: History, *folders: Path) -> None:
    for folder in folders:
        add_run(history, read_entry(folder))


def rows_in(history: History, wanted: Wanted = ALL) -> pd.DataFrame:
    return pd.concat(read_rows_by_run(history, wanted), ignore_index=True)


def test_every_column_comes_back_as_it_was(history: History, tmp_path: Path):
    folder = run_folder(tmp_path / "full", FULL, lost(), row(4, offered_rate=20.0, is_steady=False), row(8, qps=1e308))
    added(history, folder)
    pd.testing.assert_frame_equal(rows_in(history), read_rows(folder / RESULTS), check_exact=True)


def test_the_same_run_twice_is_one_also_from_a_copy_elsewhere(history: History, tmp_path: Path):
    folder = run_folder(tmp_path / "run", *sweep())
    added(history, folder)
    before = rows_in(history)
    copy = tmp_path / "elsewhere" / "renamed"
    shutil.copytree(folder, copy)
    added(history, folder, copy)
    pd.testing.assert_frame_equal(rows_in(history), before)
    (known,) = read_runs(history, ALL).itertuples()
    assert (known.run_id, known.folder, known.rows, known.failed) == ("run", str(copy), 7, 0)


def test_two_runs_of_one_name_are_two(history: History, tmp_path: Path):
    added(history, run_folder(tmp_path / "a" / "out", *sweep()), run_folder(tmp_path / "b" / "out", *sweep()))
    assert list(read_runs(history, ALL)["run_id"]) == ["out", "out"]
    assert len(rows_in(history)) == 14


def test_a_run_that_was_gone_on_with_has_its_new_rows_too(history: History, tmp_path: Path):
    folder = run_folder(tmp_path / "run", row(1))
    (folder / "profile.yaml").write_text("model: any\n")
    added(history, folder)
    with reopen_folder(folder) as again:
        again.append(lost(2, run_id="run"))
    added(history, folder)
    assert list(rows_in(history)["status"]) == ["ok", "failed"]
    assert list(read_runs(history, ALL)["failed"]) == [1]


def test_what_the_folder_lost_the_history_forgets(history: History, tmp_path: Path):
    folder = run_folder(tmp_path / "run", row(1), row(2))
    added(history, folder)
    lines = (folder / RESULTS).read_text().splitlines(keepends=True)
    (folder / RESULTS).write_text("".join(lines[:2]))
    added(history, folder)
    assert list(rows_in(history)["batch_size"]) == [1]


def test_a_row_cut_off_by_a_kill_is_left_out(history: History, tmp_path: Path):
    folder = run_folder(tmp_path / "run", row(1))
    with (folder / RESULTS).open("a") as file:
        file.write("1,run,case-2")
    added(history, folder)
    assert len(rows_in(history)) == 1


@pytest.mark.parametrize("changed", ["batch_size", "device", "runner", "options", "side", "offered_rate", "scope"])
def test_what_makes_another_case_makes_another_series(changed: str, history: History, tmp_path: Path):
    other = {"batch_size": 9, "offered_rate": 5.0, "options": '{"threads": 2}'}.get(changed, "other")
    added(history, run_folder(tmp_path / "run", row(1), row(1, **{changed: other})))
    assert len(read_series(history)) == 2
    assert len(read_circumstances(history)) == 1


@pytest.mark.parametrize("changed", ["host", "runner_version", "driver_version", "model_sha256", "measured_by"])
def test_what_must_not_change_keeps_the_series_and_changes_its_circumstances(
    changed: str, history: History, tmp_path: Path
):
    added(history, run_folder(tmp_path / "run", row(1), row(1, **{changed: "other"}), row(1)))
    (series,) = read_series(history)["series"]
    found = read_figures(history, ["qps"], Wanted(series=[series], with_other_runs=True))
    before, other, again = found["circumstances"]
    assert before == again != other
    known = read_circumstances(history)
    assert {name for name in known[other] if known[other][name] != known[before][name]} == {changed}


@pytest.mark.parametrize("same", ["repeat", "seed", "git_rev", "clipperf_version", "schema_version", "qps", "run_id"])
def test_what_differs_from_night_to_night_changes_neither(same: str, history: History, tmp_path: Path):
    later = {"git_rev": "b", "clipperf_version": "9", "run_id": "other"}.get(same, 1)
    added(history, run_folder(tmp_path / "run", row(1), row(1, **{same: later})))
    assert len(read_series(history)) == len(read_circumstances(history)) == 1


def test_options_in_another_order_are_the_same_series(history: History, tmp_path: Path):
    both = (row(options='{"a": 1, "b": 2}'), row(options='{"b": 2, "a": 1}'))
    added(history, run_folder(tmp_path / "run", *both))
    assert len(read_series(history)) == 1


def test_keys_stay_as_they_are_so_that_notes_of_today_find_their_series_tomorrow(history: History, tmp_path: Path):
    added(history, run_folder(tmp_path / "run", row(8, options='{"threads": 2}', side="A")))
    assert list(read_series(history)["series"]) == ["98cfa9825d525ca8"]
    assert list(read_circumstances(history)) == ["e2a1f5c7df4cec2a"]


def test_an_axis_that_rows_do_not_have_leaves_their_series_as_it_is(history: History, tmp_path: Path):
    folder = run_folder(tmp_path / "old", row(8))
    added(history, folder)
    lines = list(csv.reader((folder / RESULTS).read_text().splitlines()))
    dropped = lines[0].index("arrival")
    older = tmp_path / "older"
    shutil.copytree(folder, older)
    with (older / RESULTS).open("w") as file:
        csv.writer(file, lineterminator="\n").writerows(line[:dropped] + line[dropped + 1 :] for line in lines)
    added(history, older)
    assert len(read_series(history)) == 1


def test_a_night_is_what_the_folder_is_marked_with_else_the_utc_day_of_its_first_case(history: History, tmp_path: Path):
    late = row(started_at="2026-11-21T01:30:00+08:00")
    added(
        history,
        run_folder(tmp_path / "marked", late, night="2026-11-21"),
        run_folder(tmp_path / "sweep", late),
    )
    runs = read_runs(history, ALL).set_index("run_id")
    assert dict(runs["night"]) == {"marked": date(2026, 11, 21), "sweep": date(2026, 11, 20)}
    assert dict(runs["is_nightly"]) == {"marked": True, "sweep": False}
    assert list(read_figures(history, ["qps"], Wanted())["run_id"]) == ["marked"]


def test_a_night_that_is_no_date_is_told_with_its_file(tmp_path: Path):
    folder = run_folder(tmp_path / "run", row())
    (folder / "night.json").write_text('{"night": "yesterday"}')
    with pytest.raises(UsageError, match=r"run/night\.json: 'yesterday' is no date; write it as 2026-11-20\."):
        read_entry(folder)


def test_the_environment_is_kept_whole(history: History, tmp_path: Path):
    told = {"cpu": {"model": "Größe ™ \x00 \ud800"}, "libraries": {"numpy": None}}
    folder = run_folder(tmp_path / "run", row(), environment={})
    (folder / "environment.json").write_text(json.dumps(told))
    added(history, folder)
    assert list(read_environments(history, ALL).values()) == [told]


def test_a_folder_without_rows_is_told(tmp_path: Path):
    with pytest.raises(UsageError, match="has no row yet, so that there is nothing to add"):
        read_entry(run_folder(tmp_path / "run"))
    with pytest.raises(UsageError, match=r"has no results\.csv; give a run folder of clipperf"):
        read_entry(tmp_path)


def test_run_folders_are_found_below_a_folder_each_once(tmp_path: Path):
    first, second = run_folder(tmp_path / "b" / "deep" / "run"), run_folder(tmp_path / "a")
    assert list(run_folders([tmp_path, first])) == [second, first]
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="empty is no run folder and holds none"):
        list(run_folders([tmp_path / "empty"]))
