"""The run folder: rows at once on the disk, one writer, what a kill left behind mended, raw samples."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from clipperf.errors import Interrupted, UsageError
from clipperf.measure.samples import Samples
from clipperf.measure.window import Window
from clipperf.results import folder as module
from clipperf.results.folder import (
    ENVIRONMENT,
    PROFILE,
    RESULTS,
    RunFolder,
    create_default_folder,
    create_folder,
    read_json,
    reopen_folder,
)
from clipperf.results.schema import NAMES, SCHEMA_VERSION

HEAD = (",".join(NAMES) + "\n").encode()


def row(case_id: str, repeat: int = 0) -> dict[str, object]:
    return {"schema_version": SCHEMA_VERSION, "case_id": case_id, "repeat": repeat, "status": "ok"}


def begun(path: Path, *rows: dict[str, object]) -> RunFolder:
    """A run folder with rows, still open."""
    folder = create_folder(path)
    folder.begin("model: any\n", {"host": "box"})
    for each in rows:
        folder.append(each)
    return folder


def tear(path: Path, left_over: bytes) -> None:
    """What a kill in the middle of a write leaves."""
    with (path / RESULTS).open("ab") as file:
        file.write(left_over)


def test_a_new_folder_holds_profile_environment_and_the_head_before_anything_is_measured(tmp_path: Path):
    begun(tmp_path / "deep" / "run")
    assert (tmp_path / "deep/run" / PROFILE).read_text() == "model: any\n"
    assert read_json(tmp_path / "deep/run" / ENVIRONMENT) == {"host": "box"}
    assert (tmp_path / "deep/run" / RESULTS).read_bytes() == HEAD


def test_every_row_is_in_the_file_as_soon_as_it_is_appended(tmp_path: Path):
    folder = begun(tmp_path)
    for number in range(3):
        folder.append(row(f"case{number}"))
        lines = (tmp_path / RESULTS).read_text().splitlines()
        assert len(lines) == number + 2
        assert f"case{number}" in lines[-1]


def test_every_row_is_forced_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = begun(tmp_path)
    forced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda fd: forced.append(os.fstat(fd).st_size))
    folder.append(row("a"))
    assert forced == [(tmp_path / RESULTS).stat().st_size]


def test_finished_are_the_cases_and_repeats_with_a_row(tmp_path: Path):
    begun(tmp_path, row("a"), row("a", 1), row("b")).close()
    assert reopen_folder(tmp_path).finished() == {("a", 0), ("a", 1), ("b", 0)}


@pytest.mark.parametrize("left_over", [b"1,run,c", b'1,"run', "1,run,±".encode()[:-1], b"1"])
def test_a_row_cut_off_by_a_kill_is_cut_out_and_the_next_one_follows_whole_ones(left_over: bytes, tmp_path: Path):
    begun(tmp_path, row("a")).close()
    before = (tmp_path / RESULTS).read_bytes()
    tear(tmp_path, left_over)
    folder = reopen_folder(tmp_path)
    assert folder.finished() == {("a", 0)}
    assert (tmp_path / RESULTS).read_bytes() == before
    folder.append(row("b"))
    assert folder.finished() == {("a", 0), ("b", 0)}


@pytest.mark.parametrize("written", [0, 1, 40, len(HEAD) - 1])
def test_a_head_cut_off_by_a_kill_is_written_again(written: int, tmp_path: Path):
    begun(tmp_path).close()
    (tmp_path / RESULTS).write_bytes(HEAD[:written])
    assert reopen_folder(tmp_path).finished() == set()
    assert (tmp_path / RESULTS).read_bytes() == HEAD


def test_a_second_process_is_refused_until_the_first_is_done(tmp_path: Path):
    folder = begun(tmp_path, row("a"))
    code = (
        "import sys; from pathlib import Path; from clipperf.results.folder import reopen_folder\n"
        "reopen_folder(Path(sys.argv[1])).finished()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    refused = subprocess.run(command, capture_output=True, text=True)
    assert "is being written by another clipperf; wait for it, or choose another --out." in refused.stderr
    folder.close()
    assert subprocess.run(command).returncode == 0


def test_a_folder_with_results_is_not_overwritten(tmp_path: Path):
    begun(tmp_path, row("a")).close()
    with pytest.raises(UsageError, match=r"--out .* holds results already; .*--resume"):
        create_folder(tmp_path)
    assert b"a" in (tmp_path / RESULTS).read_bytes().splitlines()[1]


def test_a_run_that_died_before_its_profile_was_written_is_no_hindrance(tmp_path: Path):
    # The kill fell between the creation of results.csv and the writing of profile.yaml.
    (tmp_path / RESULTS).touch()
    begun(tmp_path, row("a")).close()
    assert reopen_folder(tmp_path).finished() == {("a", 0)}


@pytest.mark.parametrize("missing", [RESULTS, PROFILE])
def test_only_a_run_folder_can_be_gone_on_with(missing: str, tmp_path: Path):
    begun(tmp_path).close()
    (tmp_path / missing).unlink()
    with pytest.raises(UsageError, match=rf"--resume .*: it is no run folder, {missing} is missing"):
        reopen_folder(tmp_path)


def test_a_place_that_cannot_be_written_to_is_refused_with_the_reason(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"--out .*/file: the folder cannot be made \(File exists\)"):
        create_folder(tmp_path / "file")
    with pytest.raises(UsageError, match=r"--out .*: the folder cannot be made \(Not a directory\)"):
        create_folder(tmp_path / "file" / "run")


def test_samples_keep_every_request_and_tell_which_count(tmp_path: Path):
    instants = np.arange(10, dtype=np.int64) * 1000
    samples = Samples(instants, instants + 1, instants + 500, np.arange(10) % 4, np.arange(10) % 4 // 2)
    begun(tmp_path).save_samples("abc", 2, samples, Window(2500, 7500))
    stored = np.load(tmp_path / "samples" / "abc-2.npz")
    assert sorted(stored.files) == ["completed_ns", "in_window", "instance", "issued_ns", "scheduled_ns", "slot"]
    for name in ("scheduled_ns", "issued_ns", "completed_ns", "slot", "instance"):
        assert stored[name].dtype == np.int64
        np.testing.assert_array_equal(stored[name], getattr(samples, name))
    # After the opening at a completion, up to and with the one that closes.
    assert stored["in_window"].tolist() == [False] * 3 + [True] * 5 + [False] * 2


def test_samples_of_a_case_that_failed_count_for_nothing(tmp_path: Path):
    one = np.ones(1, dtype=np.int64)
    begun(tmp_path).save_samples("abc", 0, Samples(one, one, one, one, one), None)
    assert np.load(tmp_path / "samples" / "abc-0.npz")["in_window"].tolist() == [False]


@pytest.mark.parametrize("content", [None, "{", "[1]"])
def test_an_environment_that_is_missing_or_broken_reads_as_empty(content: str | None, tmp_path: Path):
    begun(tmp_path)
    (tmp_path / ENVIRONMENT).unlink()
    if content is not None:
        (tmp_path / ENVIRONMENT).write_text(content)
    assert read_json(tmp_path / ENVIRONMENT) == {}


def test_the_environment_is_json_with_plain_characters(tmp_path: Path):
    create_folder(tmp_path).begin("", {"cpu": {"model": "Größe ™"}})
    assert json.loads((tmp_path / ENVIRONMENT).read_text(encoding="utf-8"))["cpu"]["model"] == "Größe ™"


class Noon(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: object = None) -> Noon:
        """Always the same second."""
        return cls(2026, 1, 2, 12, 0, 0)


@pytest.fixture
def noon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder in which all runs begin in the same second."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "datetime", Noon)
    return tmp_path


def test_runs_of_the_same_second_get_numbers(noon: Path):
    folders = [create_default_folder("any model:x/simulated") for _ in range(3)]
    name = "20260102-120000-any_model_x_simulated"
    assert [folder.path for folder in folders] == [Path("reports") / f"{name}{end}" for end in ("", "-2", "-3")]
    for folder in folders:
        folder.close()


def test_runs_begun_at_once_never_share_a_folder(noon: Path):
    with ThreadPoolExecutor(16) as pool:
        folders = list(pool.map(create_default_folder, ["same"] * 64))
    assert len({folder.path for folder in folders}) == 64
    for folder in folders:
        folder.close()


@pytest.mark.parametrize("obstacle", ["file", "dangling link"])
def test_a_folder_of_reports_that_cannot_be_made_is_told(obstacle: str, noon: Path):
    reports = noon / "reports"
    reports.write_text("") if obstacle == "file" else reports.symlink_to("nowhere/at/all")
    with pytest.raises(
        UsageError, match=re.escape("the run folder cannot be made (File exists); name another by --out")
    ):
        create_default_folder("any")


def test_an_interruption_names_the_folder_that_can_be_gone_on_with(tmp_path: Path):
    with pytest.raises(Interrupted) as told, begun(tmp_path):
        raise KeyboardInterrupt
    assert told.value.folder == tmp_path
    reopen_folder(tmp_path).close()


def test_an_interruption_before_there_is_a_profile_promises_no_folder(tmp_path: Path):
    with pytest.raises(KeyboardInterrupt) as told, create_folder(tmp_path):
        raise KeyboardInterrupt
    assert not isinstance(told.value, Interrupted)
