"""Every way in which a profiler ends badly becomes an error that says which, in its words and with what to do."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vsx_prof_cases import Programs, Run, block, with_options

from clipperf.errors import CaseFailed, CaseTimedOut, RunnerUnavailable
from clipperf.tools.base import Captured, Command, Line, ToolCase, lines_of
from clipperf.tools.vsx_prof import VsxProf
from clipperf.tools.vsx_prof.failures import check_ended

IN_BOTH = {
    "segfault": ("SIGSEGV", "was ended by SIGSEGV. It said nothing."),
    "half-way": ("SIGKILL", "as the kernel does when memory runs out. It said: loading."),
    "race": ("profiler-race", "measure the case again"),
    "garbage": ("no-figures", "without figures. It said:"),
    "silent": ("no-figures", "ended well without figures. It said nothing"),
    "cut-off": ("no-figures", "not whole"),
    "no-memory": ("out-of-memory", "smaller --batch"),
    "bad-model": ("bad-model", "such as DIR/mod"),
    "ignores-flags": ("flag-ignored", "--instance 1 and says that it took 4"),
}


@pytest.fixture(autouse=True)
def nothing_left() -> object:
    """Whatever happens, no process of it is left."""
    yield
    left = [child for child in psutil.Process().children(recursive=True) if "vsx_prof_program" in str(child.cmdline())]
    assert not left


@pytest.mark.parametrize("name", ["clip_image_prof", "clip_image_prof.py"])
@pytest.mark.parametrize("mood", IN_BOTH)
def test_whatever_goes_wrong(case: ToolCase, run: Run, programs: Programs, name: str, mood: str):
    kind, words = IN_BOTH[mood]
    asked = with_options(case, program=str(programs(name)))
    VsxProf().check_case(asked)
    with pytest.raises(CaseFailed) as error:
        run(asked, fails=mood)
    assert error.value.kind == kind
    assert words in str(error.value)
    assert str(error.value).startswith(name) or kind == "flag-ignored"


@pytest.mark.parametrize("name", ["clip_image_prof", "clip_image_prof.py"])
def test_a_device_that_is_not_there(case: ToolCase, run: Run, programs: Programs, name: str):
    asked = replace(with_options(case, program=str(programs(name))), device_ids=("7",))
    with pytest.raises(CaseFailed, match=rf"{name} on device 7 .*(?i:set_?device).*Give a --device") as error:
        run(asked)
    assert error.value.kind == "bad-device"


@pytest.mark.parametrize("name", ["clip_image_prof", "clip_image_prof.py"])
def test_a_model_that_went_away(case: ToolCase, run: Run, programs: Programs, model: str, name: str):
    shutil.rmtree(Path(model).parent)
    with pytest.raises(CaseFailed, match="Check that --model is the prefix") as error:
        run(with_options(case, program=str(programs(name))))
    assert error.value.kind == "bad-model"


def test_an_instance_of_pythons_that_died_is_no_result(case: ToolCase, run: Run, programs: Programs):
    with pytest.raises(CaseFailed, match="lost an instance and went on without it") as error:
        run(with_options(case, program=str(programs("clip_image_prof.py"))), fails="instance-died")
    assert error.value.kind == "instance-died"


def test_a_profiler_that_never_ends_is_ended(case: ToolCase, run: Run):
    with pytest.raises(CaseTimedOut):
        run(case, timeout_s=1.0, fails="hang")


def test_no_length_makes_it_endless(case: ToolCase, run: Run):
    """With --iterations 0 the profilers never end."""
    report, captured = run(case, requests=0)
    assert captured.command.argv[captured.command.argv.index("--iterations") + 1] == "1"
    assert report.requests == 1


@pytest.mark.parametrize(
    ("name", "mood", "words"),
    [
        ("clip_image_prof.py", "no-sdk", "has no vaststreamx: --worker-python PATH names"),
        ("clip_image_prof", "no-library", "set LD_LIBRARY_PATH"),
    ],
)
def test_what_is_missing_shows_before_anything_is_measured(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, name: str, mood: str, words: str
):
    monkeypatch.setenv("VSX_PROF_FAILS", mood)
    tool = VsxProf()
    tool.python = sys.executable
    with pytest.raises(RunnerUnavailable, match=words):
        tool.probe({"program": str(programs(name))})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("need option: --test_input_npz\nusage: clip_text_prof [options] ...", "bad-arguments"),
        ("undefined option: --vdsp_params\n", "bad-arguments"),
        ("x.py: error: argument -b/--batch_size: invalid int value: 'many'", "bad-arguments"),
        ("terminate called after throwing an instance of 'std::runtime_error'\n  what():  cannot open a.npz", "no-npz"),
        ("Check failed: config.queue_size > 0 ,queue_size(=0) must be larger than 0 in async mode", "queue-refused"),
        ("ModuleNotFoundError: No module named 'clip'", "missing-module"),
        ("something else", "exit"),
    ],
)
def test_reasons(text: str, kind: str):
    lines = tuple(Line(line.text, "stderr") for line in lines_of(text))
    with pytest.raises(CaseFailed) as error:
        check_ended(Captured(Command(("/bin/clip_text_prof",), Path(), "0"), lines, {}, 1))
    assert error.value.kind == kind
    assert str(error.value).startswith("clip_text_prof on device 0 ended with exit code 1. It said: ")


@given(
    st.lists(st.sampled_from([*(f"{line}\n" for line in block().split("\n"))]) | st.text(max_size=30)).map("".join),
    st.integers(-20, 255),
)
def test_any_output_of_a_process(text: str, returncode: int):
    lines = tuple(Line(line.text) for line in lines_of(text))
    captured = Captured(Command(("clip_image_prof", "--iterations", "5"), Path(), "0"), lines, {}, returncode)
    try:
        check_ended(captured)
    except CaseFailed as error:
        kind, sentence = error.kind, str(error)
    else:
        kind, sentence = "ended well", ""
    assert kind
    assert len(sentence) < 1000
