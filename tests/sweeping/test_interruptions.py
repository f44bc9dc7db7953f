"""kill -9 of a worker, Ctrl-C and kill -9 of the command: nothing measured is lost and nothing is left behind."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import psutil
import pytest
from commands import SIMULATED, Running, clipperf, running
from sweeps import statuses

from clipperf.results.folder import PROFILE, RESULTS
from clipperf.results.frame import read_rows

SWEEP = (*SIMULATED, "--batch", "1,2,3", "--order", "listed", "--option", "execute_ms=1:0.1/2:80/3:0.1", "--out", "run")
"""The case of batch size 2 takes half a second, the others next to nothing."""


@pytest.fixture
def in_second_case(tmp_path: Path) -> Iterator[Running]:
    """A sweep whose second case has requests in flight."""
    with running(*SWEEP, cwd=tmp_path) as command:
        command.wait_for(lambda: len(rows(tmp_path)) == 1 and len(list((tmp_path / "run" / "logs").iterdir())) == 2)
        time.sleep(0.1)
        yield command


def rows(folder: Path) -> pd.DataFrame:
    results = folder / "run" / RESULTS
    return read_rows(results) if results.is_file() and results.stat().st_size else pd.DataFrame()


def resumed(folder: Path) -> pd.DataFrame:
    """The rows of the run once it was gone on with, every one measured once."""
    before = (folder / "run" / RESULTS).read_bytes()
    done = clipperf("sweep", "--resume", "run", cwd=folder)
    assert (done.returncode, statuses(rows(folder))) == (0, {1: "ok", 2: "ok", 3: "ok"}), done.stderr
    assert (folder / "run" / RESULTS).read_bytes().startswith(before[: before.rindex(b"\n") + 1])
    assert len(rows(folder)) == 3
    return rows(folder)


def test_kill_9_of_the_worker_costs_its_case_only(in_second_case: Running, tmp_path: Path):
    (worker,) = in_second_case.workers()
    worker.kill()
    code, _, said = in_second_case.end()
    assert code == 1
    found = rows(tmp_path)
    assert statuses(found) == {1: "ok", 2: "failed", 3: "ok"}
    assert found["error_kind"].tolist()[1] == "SIGKILL"
    assert found["error"].tolist()[1] == "The worker was killed by SIGKILL (as the kernel does when memory runs out)."
    assert "Traceback" not in said
    assert in_second_case.left_behind() == []


@pytest.mark.parametrize("name", ["SIGTERM", "SIGABRT", "SIGRTMIN"])
def test_any_signal_that_ends_the_worker_is_named(name: str, in_second_case: Running, tmp_path: Path):
    (worker,) = in_second_case.workers()
    worker.send_signal(getattr(signal, name))
    assert in_second_case.end()[0] == 1
    found = rows(tmp_path)
    assert statuses(found) == {1: "ok", 2: "failed", 3: "ok"}
    assert found["error_kind"].tolist()[1] == name


def test_ctrl_c_keeps_the_finished_rows_and_says_how_to_go_on(in_second_case: Running, tmp_path: Path):
    in_second_case.process.send_signal(signal.SIGINT)
    code, out, said = in_second_case.end()
    assert (code, out) == (130, "")
    finished, told = said.splitlines()
    assert finished.startswith("1 of 3 · any · batch 1: ok, ")
    assert told == "Interrupted; finished rows are in run. Go on with: clipperf sweep --resume run"
    assert statuses(rows(tmp_path)) == {1: "ok"}
    assert in_second_case.left_behind() == []
    resumed(tmp_path)


def test_ctrl_c_with_quiet_says_how_to_go_on_all_the_same(tmp_path: Path):
    with running(*SWEEP, "--quiet", cwd=tmp_path) as command:
        command.wait_for(lambda: len(rows(tmp_path)) == 1)
        command.process.send_signal(signal.SIGINT)
        code, _, said = command.end()
    assert (code, said.count("--resume run")) == (130, 1)


def test_ctrl_c_before_anything_was_measured_promises_no_folder(tmp_path: Path):
    with running(*SWEEP, cwd=tmp_path) as command:
        # The first worker asks the runner what is here.
        command.wait_for(command.workers)
        command.process.send_signal(signal.SIGINT)
        code, _, said = command.end()
        assert command.left_behind() == []
    assert (code, said.strip()) == (130, "Interrupted.")
    assert not (tmp_path / "run").exists()


def test_kill_9_of_the_command_ends_the_workers_and_resume_finishes_what_is_missing(
    in_second_case: Running, tmp_path: Path
):
    assert len(in_second_case.workers()) == 1
    in_second_case.process.kill()
    assert in_second_case.end()[0] == -signal.SIGKILL
    assert in_second_case.left_behind() == []
    assert statuses(rows(tmp_path)) == {1: "ok"}
    with (tmp_path / "run" / RESULTS).open("ab") as file:
        file.write(b"1,run,half a row")
    assert len(set(resumed(tmp_path)["run_id"])) == 1


def test_a_second_command_on_the_same_folder_is_refused(tmp_path: Path):
    with running(*SIMULATED[:-5], "--duration", "60", "--out", "run", cwd=tmp_path) as command:
        command.wait_for((tmp_path / "run" / PROFILE).is_file)
        before = (tmp_path / "run" / RESULTS).read_bytes()
        for arguments in (("sweep", "--resume", "run"), SWEEP):
            refused = clipperf(*arguments, cwd=tmp_path)
            assert (refused.returncode, refused.stdout) == (2, "")
            assert refused.stderr.startswith("Error: run is being written by another clipperf; wait for it")
        assert (tmp_path / "run" / RESULTS).read_bytes() == before


def test_the_end_of_the_terminal_ends_the_workers_too(in_second_case: Running):
    in_second_case.process.send_signal(signal.SIGHUP)
    in_second_case.end()
    assert in_second_case.left_behind() == []


def test_nothing_is_left_behind_by_a_sweep_that_ends_well(tmp_path: Path):
    with running(*SIMULATED, "--batch", "1,2", "--device", "0,1", "--out", "run", cwd=tmp_path) as command:
        seen: set[psutil.Process] = set()
        command.wait_for(lambda: seen.update(command.workers()) or len(seen) >= 3)
        assert command.end()[0] == 0
        assert command.left_behind() == []
    assert not any(process.is_running() for process in seen)
