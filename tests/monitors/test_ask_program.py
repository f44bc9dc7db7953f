"""Programs that do as they please: each is ended, and its cost is known."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil
import pytest

from clipperf.monitors.ask_program import ask_program

PYTHON = [sys.executable, "-I", "-S", "-c"]


def test_what_it_printed_and_what_it_cost() -> None:
    answer = ask_program([*PYTHON, "print('40 W', flush=True)\nsum(range(3_000_000))"], 60)
    assert (answer.text, answer.problem) == ("40 W\n", "")
    # Lower bound only: it adds three million numbers.
    assert answer.processor_s > 0.005


def test_the_cost_of_what_it_started_is_in_it() -> None:
    code = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'sum(range(3_000_000))'])"
    assert ask_program([*PYTHON, code], 60).processor_s > 0.01


def test_it_runs_in_its_folder(tmp_path: Path) -> None:
    assert ask_program(["pwd"], 60, folder=tmp_path).text.strip() == os.path.realpath(tmp_path)


def test_bytes_that_are_no_text() -> None:
    assert ask_program([*PYTHON, r"import sys; sys.stdout.buffer.write(b'\xff\xfe 3')"], 60).text.endswith(" 3")


def test_one_that_is_not_there(tmp_path: Path) -> None:
    answer = ask_program(["no-such-program"], 60)
    assert (answer.problem, answer.is_absent) == ("no-such-program is not on PATH.", True)
    (tmp_path / "file").touch()
    denied = ask_program([str(tmp_path / "file")], 60)
    assert "cannot be started" in denied.problem
    assert not denied.is_absent


@pytest.mark.parametrize(
    ("code", "said"),
    [("raise SystemExit('no driver')", "exit code 1, no driver."), ("import os; os.abort()", "code -6")],
)
def test_one_that_fails(code: str, said: str) -> None:
    answer = ask_program([*PYTHON, code], 60)
    assert answer.text == ""
    assert said in answer.problem


def test_one_that_hangs_is_killed_with_what_it_started() -> None:
    mark = "time.sleep(98765.25)"
    code = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', 'import time; {mark}'])\n{mark}"
    answer = ask_program([*PYTHON, code], 0.5)
    assert answer.is_mute
    assert "no answer within 0.5 s" in answer.problem
    _, alive = psutil.wait_procs(
        [one for one in psutil.process_iter(["cmdline"]) if mark in str(one.info["cmdline"])], 5
    )
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []


def test_one_that_closes_its_output_and_goes_on_is_killed() -> None:
    answer = ask_program(
        [*PYTHON, "import os, time\nprint(1, flush=True)\nos.close(1); os.close(2)\ntime.sleep(600)"], 60
    )
    assert "exit code -9" in answer.problem


def test_one_that_prints_without_end_is_killed() -> None:
    assert "bytes" in ask_program(["yes"], 60).problem


def test_one_that_is_no_longer_wanted_is_killed_without_a_word() -> None:
    asked: list[int] = []
    answer = ask_program(["sleep", "600"], 60, is_over=lambda: len(asked) > 1 or asked.append(1) is not None)
    assert (answer.text, answer.problem, answer.is_mute) == ("", "", False)
