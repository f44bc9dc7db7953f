"""Every way in which mm_run ends badly becomes an error that says which, in its words and with what to do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from mm_run_cases import Run, with_options

from clipperf.errors import CaseFailed, CaseTimedOut, Unsupported
from clipperf.tools.base import Captured, Command, Length, Line, ToolCase
from clipperf.tools.mm_run.failures import check_ended

Change = Callable[[ToolCase, Path], ToolCase]

BY_CASE: dict[str, tuple[Change, str, str]] = {
    "no such device": (lambda case, _: replace(case, device_ids=("9",)), "bad-device", "2 devices, counted from 0"),
    "too few batches": (lambda case, two: replace(case, model=str(two)), "wrong-inputs", "The model has 2 inputs"),
    "too many batches": (
        lambda case, _: with_options(case, input_batches="{batch}:7"),
        "wrong-inputs",
        "given batches",
    ),
    "its own list of devices": (
        lambda case, _: replace(case, device_ids=("0", "1"), with_own_devices=True),
        "own-devices",
        "--vendor-multi-device",
    ),
}
BY_MOOD = {
    "half-way": ("aborted", "aborted"),
    "killed": ("SIGKILL", "when memory runs out"),
    "no-memory": ("out-of-memory", "fewer --instances"),
    "garbage": ("no-figures", "by hand"),
    "silent": ("no-figures", "said nothing"),
    "ignores-batch": ("other-batch", "1x3x224x224"),
    "ignores-flags": ("flag-ignored", "took 7"),
}


@pytest.fixture(autouse=True)
def nothing_left(program: Path) -> object:
    """Whatever happens, no process of it is left."""
    yield
    left = [child for child in psutil.Process().children(recursive=True) if "mm_run_program.py" in str(child.cmdline())]
    assert not left


@pytest.mark.parametrize("what", BY_CASE)
def test_what_is_wrong_with_the_case(case: ToolCase, run: Run, two_inputs: Path, what: str):
    change, kind, words = BY_CASE[what]
    with pytest.raises(CaseFailed, match=words) as error:
        run(change(case, two_inputs))
    assert error.value.kind == kind


@pytest.mark.parametrize("mood", BY_MOOD)
def test_what_is_wrong_with_the_run(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch, mood: str):
    monkeypatch.setenv("MM_RUN_FAILS", mood)
    kind, words = BY_MOOD[mood]
    with pytest.raises(CaseFailed, match=words) as error:
        run(case)
    assert error.value.kind == kind
    assert len(str(error.value)) < 600


def test_a_model_that_is_not_there(case: ToolCase, run: Run):
    with pytest.raises(CaseFailed, match=r"no such file.*built for MagicMind") as error:
        run(replace(case, model="nowhere.mm"))
    assert error.value.kind == "bad-model"


def test_a_device_that_is_missing_in_the_report(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MM_RUN_MANY", "one-missing")
    with pytest.raises(CaseFailed, match="device 0, 1 and reported 0") as error:
        run(replace(case, device_ids=("0", "1"), with_own_devices=True))
    assert error.value.kind == "devices-missing"


def test_one_of_two_processes_fails(case: ToolCase, run: Run):
    with pytest.raises(CaseFailed, match="device 9 aborted"):
        run(replace(case, device_ids=("0", "9")))


def test_a_hang_ends_with_the_time_out(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MM_RUN_FAILS", "hang")
    with pytest.raises(CaseTimedOut, match="DeserializeModel"):
        run(case, Length(None, 0.1, 1, 0.0), 1.0)


def test_a_trace_that_was_cut_is_passed_over(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MM_RUN_FAILS", "truncated-trace")
    (report,), _ = run(with_options(case, trace="true"))
    assert report.qps
    assert not report.warnings


def test_a_release_without_a_flag(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MM_RUN_LACKS", "bind_cluster trace_time")
    with pytest.raises(Unsupported, match="no --bind_cluster, as its --help says"):
        run(with_options(case, bind_cluster=True))


def test_a_flag_that_help_lists_and_the_program_refuses(program: Path, case: ToolCase, run: Run, tmp_path: Path):
    own = tmp_path / "bin" / "two_faced"
    text = program.read_text().replace("exec", '[ "$1" = --help ] || export MM_RUN_LACKS=threads\nexec')
    own.write_text(text)
    own.chmod(0o755)
    with pytest.raises(CaseFailed, match=r"--threads\[1\].*another mm_run") as error:
        run(with_options(case, command=str(own)))
    assert error.value.kind == "bad-arguments"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (
            "ERROR: samples/common/param.h:515] Command line arg: --warmup<Int> miss its type restriction.",
            "bad-arguments",
        ),
        (
            "ERROR: samples/common/param.h:9] Command line arg: --devices<Vec<Int>> is required but not given.",
            "bad-arguments",
        ),
        ("ERROR: samples/common/param.cc:4] Unknown command line arg format: -x for mm_run", "bad-arguments"),
        ("ERROR: samples/mm_run/trace.cc:99] Empty trace data.", "no-requests"),
        ("ERROR: samples/mm_run/run.cc:80] CNRT error 100124 in cnrtQueueSync", "device-error"),
        ("ERROR: samples/mm_run/run.cc:80] something new", "aborted"),
        ("INFO: samples/common/timer.cc:34] DeserializeModel time is 3 ms.", "aborted"),
    ],
)
@pytest.mark.parametrize("returncode", [-6, 134])
def test_words_of_the_source(line: str, kind: str, returncode: int):
    """134 is what a shell between makes of SIGABRT."""
    command = Command(("/opt/mm_run",), Path(), "3")
    lines = (Line("2026-01-02 03:04:05.000006: " + line, "stderr"), Line("Aborted (core dumped)", "stderr"))
    with pytest.raises(CaseFailed, match=r"^mm_run on device 3 aborted\. It said: ") as error:
        check_ended(Captured(command, lines, {}, returncode))
    assert error.value.kind == kind


@pytest.mark.parametrize(
    ("returncode", "kind"), [(-9, "SIGKILL"), (-11, "SIGSEGV"), (139, "SIGSEGV"), (1, "exit"), (250, "exit")]
)
def test_other_endings(returncode: int, kind: str):
    with pytest.raises(CaseFailed) as error:
        check_ended(Captured(Command((sys.executable,), Path(), "0"), (), {}, returncode))
    assert error.value.kind == kind
    assert "It said nothing." in str(error.value)
