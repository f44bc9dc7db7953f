"""Every way in which bmrt_test ends badly becomes an error that says which, in its words and with what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from bmrt_test_cases import Run, codes, with_options

from clipperf.errors import CaseFailed, CaseTimedOut, RunnerUnavailable, Unsupported
from clipperf.tools.base import Captured, Command, Length, Line, ToolCase
from clipperf.tools.bmrt_test import BmrtTest
from clipperf.tools.bmrt_test.failures import check_ended

BY_MOOD = {
    "half-way": ("SIGSEGV", "was ended by SIGSEGV. It said: .*calculate  time"),
    "killed": ("SIGKILL", "when memory runs out"),
    "garbage": ("no-figures", "by hand"),
    "silent": ("no-figures", "It said: Loop num: 22"),
    "no-memory": ("out-of-memory", "fewer --instances"),
    "wrong-chip": ("wrong-chip", "BM1684X.*Compile the model for the chip"),
    "gives-up": ("execute-failed", "inference failed.*bm-smi"),
    "fewer-loops": ("wrong-number", "22 loops and told 21"),
    "ignores-loopnum": ("flag-ignored", "--loopnum 22 and says that it took 1"),
}


@pytest.fixture(autouse=True)
def nothing_left(program: Path) -> object:
    """Whatever happens, no process of it is left."""
    yield
    left = [child for child in psutil.Process().children(recursive=True) if "bmrt_test_program" in str(child.cmdline())]
    assert not left


@pytest.mark.parametrize("mood", BY_MOOD)
def test_what_is_wrong_with_the_run(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch, mood: str):
    monkeypatch.setenv("BMRT_FAILS", mood)
    kind, words = BY_MOOD[mood]
    with pytest.raises(CaseFailed, match=words) as error:
        run(case)
    assert error.value.kind == kind
    assert len(str(error.value)) < 700


def test_a_crash_keeps_its_log_only_by_line(
    case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch, program: Path, tmp_path: Path
):
    """What stdbuf is for: without it the program takes its last words with it, and a row says that it is missing."""
    monkeypatch.setenv("BMRT_FAILS", "half-way")
    monkeypatch.setenv("PATH", str(program.parent))
    with pytest.raises(CaseFailed, match="It said nothing"):
        run(case)


def test_a_row_says_that_stdbuf_is_missing(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch, program: Path):
    monkeypatch.setenv("PATH", str(program.parent))
    (report,), (captured,) = run(case)
    assert captured.command.argv[0] == str(program)
    assert codes(report) == {"output-held"}
    assert report.window_ns is None, "lines that came at once tell no instants"


def test_two_processes_of_which_nobody_knows_when_they_measured(
    case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch, program: Path
):
    monkeypatch.setenv("PATH", str(program.parent))
    reports, _ = run(replace(case, instances=2))
    assert [report.qps_compute for report in reports] == [None, None]
    assert all("overlap-unknown" in codes(report) for report in reports)


def test_a_device_that_is_not_there(case: ToolCase, run: Run):
    with pytest.raises(CaseFailed, match=r"device 7 ended with exit code 255.*id:\[7\].*/dev/bm-sophonN") as error:
        run(replace(case, device_ids=("7",)))
    assert error.value.kind == "bad-device"


def test_a_model_that_is_broken(case: ToolCase, run: Run, tmp_path: Path):
    broken = tmp_path / "broken.bmodel"
    broken.write_text("no model")
    with pytest.raises(CaseFailed, match="is broken") as error:
        run(replace(case, model=str(broken)))
    assert error.value.kind == "bad-model"


def test_shapes_that_a_static_model_does_not_have(case: ToolCase, run: Run):
    with pytest.raises(CaseFailed, match=r"SIGSEGV.*not dynamic takes no --option shapes") as error:
        run(with_options(case, shapes="{batch}x3x64x64"))
    assert error.value.kind == "SIGSEGV"


def test_another_batch_than_asked(case: ToolCase, run: Run):
    with pytest.raises(CaseFailed, match="--batch 8, and what ran was vit stage 0 batch 4") as error:
        run(replace(case, batch_size=8))
    assert error.value.kind == "wrong-batch-size"


def test_another_batch_than_asked_is_told_before_where_model_tool_is(case: ToolCase, run: Run, model_tool: Path):
    with pytest.raises(Unsupported, match="compiled for batches of 4, as model_tool"):
        run(replace(case, batch_size=8))


def test_several_nets_of_that_batch(case: ToolCase, run: Run, bmodel: Callable[..., Path]):
    two = replace(case, model=str(bmodel({"vit": [4], "text": [4]})))
    with pytest.raises(CaseFailed, match=r"vit stage 0, text stage 0\. Say which, with --option net_idx=N") as error:
        run(two)
    assert error.value.kind == "several-nets"


def test_one_of_several_nets(case: ToolCase, run: Run, bmodel: Callable[..., Path]):
    two = replace(case, model=str(bmodel({"vit": [4], "text": [4]})))
    (report,), _ = run(with_options(two, net_idx=1))
    assert codes(report) == set()
    assert len(report.durations_ms) == 20


def test_without_the_highest_priority(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BMRT_FAILS", "not-root")
    (report,), _ = run(case)
    assert codes(report) == {"priority-refused"}


def test_a_hang_ends_with_the_time_out(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BMRT_FAILS", "hang")
    with pytest.raises(CaseTimedOut, match="shape="):
        run(case, Length(5, None, 1), 1.5)


def test_a_release_without_a_flag(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BMRT_LACKS", "core_list")
    with pytest.raises(Unsupported, match="no --core_list, as its --help says"):
        run(with_options(case, core_list="0:1"))


@pytest.mark.parametrize("returncode", [-6, 134])
def test_a_flag_that_is_refused_all_the_same(returncode: int):
    lines = tuple(
        Line(text, "stderr")
        for text in (
            "/opt/bmrt_test: unrecognized option '--bogus'",
            "terminate called after throwing an instance of 'std::runtime_error'",
            "  what():  BMRuntime internal error.",
        )
    )
    command = Command(("stdbuf", "-oL", "/opt/bmrt_test", "--devid", "3"), Path(), "3")
    with pytest.raises(CaseFailed, match=r"^bmrt_test on device 3 aborted\. It said: .*--bogus") as error:
        check_ended(Captured(command, lines, {}, returncode))
    assert error.value.kind == "bad-arguments"


@pytest.mark.parametrize(("returncode", "kind"), [(-11, "SIGSEGV"), (139, "SIGSEGV"), (255, "exit"), (1, "exit")])
def test_other_endings_without_a_word(returncode: int, kind: str):
    command = Command(("bmrt_test", "--devid", "0"), Path(), "0")
    with pytest.raises(CaseFailed, match=r"It said nothing\.") as error:
        check_ended(Captured(command, (), {}, returncode))
    assert error.value.kind == kind


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"queue_depth": 2}, "one request in flight; --instances 2"),
        ({"device_ids": ("card0",)}, "numbers its devices"),
        ({"device_ids": ("0", "1"), "with_own_devices": True}, "drives one device"),
        ({"model": "nowhere.bmodel"}, "no such file"),
    ],
)
def test_what_is_refused_before(case: ToolCase, change: dict[str, object], words: str):
    with pytest.raises(Unsupported, match=words):
        BmrtTest().check_case(replace(case, **change))  # type: ignore[arg-type]


def test_a_precision_that_the_name_denies(case: ToolCase, bmodel: Callable[..., Path]):
    named = replace(case, model=str(bmodel({"vit": [4]}, name="vit_bm1684x_f16_4b.bmodel")))
    BmrtTest().check_case(replace(named, precision="fp16"))
    with pytest.raises(Unsupported, match="compiled as fp16, as its name says"):
        BmrtTest().check_case(replace(named, precision="int8"))


def test_too_many_loops(case: ToolCase, tmp_path: Path):
    with pytest.raises(Unsupported, match="calculate_times=100"):
        BmrtTest().commands(case, Length(50_000, None, 1), tmp_path)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"thread_num": 2}, "times nothing"),
        ({"profile": True}, "changes what is measured"),
        ({"context_dir": "x"}, "compares answers"),
        ({"bmodel": "x"}, "this is --model"),
        ({"loopnum": 2}, "this is --iterations"),
        ({"speed": 2}, "no such option"),
        ({"calculate_times": 0}, "whole number from 1"),
        ({"calculate_times": "x"}, "whole number from 1"),
        ({"core_list": "0;1"}, "give 0\\+1"),
        ({"core_list": "0:0"}, "stands there twice"),
        ({"shapes": "[1,3]"}, "with x between"),
        ({"net_idx": -1}, "whole number from 0"),
        ({"prealloc": "1G"}, "hexadecimal"),
        ({"memory_prealloc": "maybe"}, "true or false"),
        ({"decrypt_lib": "/nowhere.so"}, "no such file"),
    ],
)
def test_options_that_are_refused(options: dict[str, object], words: str):
    with pytest.raises(Unsupported, match=words):
        BmrtTest().check_options(options)


def test_options_that_are_passed_on(case: ToolCase, tmp_path: Path):
    chosen = with_options(
        case,
        shapes="{batch}x3x32x32:{batch}x77",
        stage_idx=2,
        prealloc="0x40",
        memory_prealloc=True,
        core_list="0+1:2+3",
    )
    BmrtTest().check_options(chosen.options)
    (command,) = BmrtTest().commands(chosen, Length(5, None, 0), tmp_path)
    words = " ".join(command.argv)
    for part in (
        *("--shapes [4,3,32,32],[4,77]", "--stage_idx 2", "--prealloc 0x40", "--core_list 0,1:2,3", "--loopnum 6"),
        *("--memory_prealloc", f"--bmodel {case.model}", "--devid 0"),
    ):
        assert part in words


def test_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RunnerUnavailable, match=r"no bmrt_test on PATH\. Install libsophon"):
        BmrtTest().probe({})
    plain = tmp_path / "bmrt_test"
    plain.write_text("")
    with pytest.raises(RunnerUnavailable, match="chmod"):
        BmrtTest().probe({"command": str(plain)})


def test_another_program(tmp_path: Path):
    other = tmp_path / "bmrt_test"
    other.write_text("#!/bin/sh\necho hello\n")
    other.chmod(0o755)
    with pytest.raises(RunnerUnavailable, match=r"does not list the flags.*hello.*another program"):
        BmrtTest().probe({"command": str(other)})


def test_what_is_found(program: Path):
    probe = BmrtTest().probe({"command": str(program)})
    assert (probe.version, probe.devices, probe.default_device) == ("stand-in-build", (), "0")
    assert "calculate_times" in probe.libraries["bmrt_test flags"]
