"""Going on with a run folder: only what is missing is measured, by the profile stored there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from commands import clipperf
from sweeps import statuses, sweep

from clipperf.errors import ProfileError, UsageError
from clipperf.results.folder import ENVIRONMENT, PROFILE, RESULTS
from clipperf.results.frame import read_rows
from clipperf.sweeping.display import Silent
from clipperf.sweeping.run import resume_sweep


class Noting(Silent):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.begun: list[int] = []
        self.batches: list[int] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def begin(self, cases: int, *_: Any) -> None:
        self.begun.append(cases)

    def case(self, case: Any, repeat: int) -> None:
        self.batches.append(case.batch_size)


def lines(folder: Path) -> list[bytes]:
    return (folder / RESULTS).read_bytes().splitlines(keepends=True)


def cut(folder: Path, kept: int, left_over: bytes = b"") -> list[bytes]:
    """Leaves the head, ``kept`` rows and a row cut off in the middle."""
    before = lines(folder)[: kept + 1]
    (folder / RESULTS).write_bytes(b"".join(before) + left_over)
    return before


@pytest.mark.parametrize("left_over", [b"", b"1,run,abc", "1,run,±".encode()[:-1]], ids=["clean", "torn", "torn text"])
def test_only_what_is_missing_is_measured(left_over: bytes, tmp_path: Path):
    sweep(tmp_path, batch=[1, 2, 3])
    before = cut(tmp_path, 1, left_over)
    display = Noting()
    assert resume_sweep(tmp_path, display) == tmp_path
    assert (display.begun, display.batches, display.notes) == ([2], [2, 3], [])
    assert lines(tmp_path)[:2] == before
    assert statuses(read_rows(tmp_path / RESULTS)) == {1: "ok", 2: "ok", 3: "ok"}


def test_a_repeat_that_is_missing_is_measured(tmp_path: Path):
    sweep(tmp_path, batch=[1, 2], repeat=2)
    cut(tmp_path, 3)
    display = Noting()
    resume_sweep(tmp_path, display)
    frame = read_rows(tmp_path / RESULTS)
    assert display.batches == [2]
    assert sorted(zip(frame["batch_size"], frame["repeat"], strict=True)) == [(1, 0), (1, 1), (2, 0), (2, 1)]


def test_a_case_that_failed_has_a_row_and_is_not_measured_again(tmp_path: Path):
    sweep(tmp_path, batch=[1, 2], option={"fail": "raise", "fail_batch": 1})
    display = Noting()
    resume_sweep(tmp_path, display)
    assert display.begun == [0]
    assert statuses(read_rows(tmp_path / RESULTS)) == {1: "failed", 2: "ok"}


def test_the_stored_profile_holds_everything_that_was_asked_for(tmp_path: Path):
    frame = sweep(
        tmp_path,
        batch=[1, 2],
        device=["0,1", "3"],
        option={"execute_ms": ["1:0.5/4:2", 1], "units": 2},
        where="batch_size == 2",
        seed=7,
        warmup="1ms",
        case_timeout=33,
    )
    ids = sorted(frame["case_id"])
    cut(tmp_path, 0)
    resume_sweep(tmp_path, Silent())
    again = read_rows(tmp_path / RESULTS)
    assert sorted(again["case_id"]) == ids
    assert set(again["seed"]) == {7}


def test_what_changed_on_the_host_since_is_told(tmp_path: Path):
    sweep(tmp_path)
    text = (tmp_path / ENVIRONMENT).read_text(encoding="utf-8")
    host = text.partition('"host": "')[2].partition('"')[0]
    (tmp_path / ENVIRONMENT).write_text(text.replace(f'"host": "{host}"', '"host": "elsewhere"'), encoding="utf-8")
    display = Noting()
    resume_sweep(tmp_path, display)
    assert display.notes == [f"environment.json has changed since the run began: host: elsewhere → {host}"]


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match=rf"--resume {tmp_path}: it is no run folder, {RESULTS} is missing"):
        resume_sweep(tmp_path, Silent())


def test_a_stored_profile_that_was_edited_wrongly_is_refused(tmp_path: Path):
    sweep(tmp_path)
    with (tmp_path / PROFILE).open("a") as file:
        file.write("bach: 3\n")
    with pytest.raises(
        ProfileError, match=rf"{tmp_path}/{PROFILE}, key bach: there is no such key; did you mean batch"
    ):
        resume_sweep(tmp_path, Silent())
    resume_sweep_again_is_possible(tmp_path)


def test_a_wrong_value_in_a_stored_profile_is_told_with_its_key_wherever_the_folder_is(tmp_path: Path):
    folder = tmp_path / "batch"
    sweep(folder, batch=[1, 2])
    text = (folder / PROFILE).read_text()
    (folder / PROFILE).write_text(text.replace("batch:\n- 1\n- 2\n", "batch:\n- 1\n- 0\n"))
    with pytest.raises(ProfileError, match=rf"^{folder}/{PROFILE}, key batch\.1: found 0, allowed is 1 or more"):
        resume_sweep(folder, Silent())


def resume_sweep_again_is_possible(folder: Path) -> None:
    """The refusal gave the folder free."""
    text = (folder / PROFILE).read_text()
    (folder / PROFILE).write_text(text.replace("bach: 3\n", ""))
    resume_sweep(folder, Silent())


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--batch", "1"], "--batch"),
        (["--profile", "smoke", "--out", "x"], "--profile, --out"),
        (["--no-control", "--option", "a=1"], "--no-control, --option"),
        (["--list"], "--list"),
    ],
)
def test_flags_beside_resume_are_refused_by_name(flags: list[str], named: str, tmp_path: Path):
    done = clipperf("sweep", "--resume", tmp_path, *flags)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (f"Error: --resume {tmp_path} goes on with the profile stored there; leave out {named}.\n")


def test_a_resumed_run_is_reported_whole(tmp_path: Path):
    sweep(tmp_path / "run", batch=[1, 2])
    cut(tmp_path / "run", 1)
    done = clipperf("sweep", "--resume", "run", "--format", "csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    shown, kept = done.stdout.encode().splitlines(), lines(tmp_path / "run")
    # Behind the columns of the file stand those that relate rows to each other.
    assert len(shown) == len(kept)
    assert all(line.startswith(row.rstrip(b"\r\n") + b",") for line, row in zip(shown, kept, strict=True))
    assert (tmp_path / "run" / "curve.png").is_file()
