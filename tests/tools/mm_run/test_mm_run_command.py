"""From a case to the command, and what is refused before anything is started."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from mm_run_cases import with_options

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.tools import load_tool
from clipperf.tools.base import Length, ToolCase

TOOL = load_tool("mm_run")


def flags(case: ToolCase, length: Length, folder: Path) -> list[Mapping[str, list[str]]]:
    """The flags of each command with their values."""
    found = []
    for command in TOOL.commands(case, length, folder):
        assert command.folder.is_dir()
        groups = itertools.groupby(command.argv[1:], key=lambda word: word.startswith("--"))
        words = [list(group) for _, group in groups]
        found.append({name[0][2:]: values for name, values in zip(words[::2], words[1::2], strict=True)})
    return found


def test_every_axis_has_its_flag(case: ToolCase, one_input: Path, tmp_path: Path):
    case = replace(case, instances=3, queue_depth=4, device_ids=("1",), scope="device-io")
    (given,) = flags(case, Length(None, 1.5, 5, 0.25), tmp_path / "run")
    assert given == {
        "magicmind_model": [str(one_input)],
        "batch_size": ["8"],
        "devices": ["1"],
        "threads": ["3"],
        "infer_depth": ["4"],
        "buffer_depth": ["4"],
        "warmup": ["250"],
        "duration": ["1500"],
        "iterations": ["1"],
        "disable_data_copy": ["true"],
    }


@pytest.mark.parametrize(
    ("length", "warmup", "duration", "iterations"),
    [
        (Length(100, None, 5), "200", "0", "100"),
        (Length(100, 2.0, 0), "0", "2000", "100"),
        (Length(None, 0.0005, 1, 0.0001), "1", "1", "1"),
    ],
)
def test_lengths(case: ToolCase, tmp_path: Path, length: Length, warmup: str, duration: str, iterations: str):
    (given,) = flags(case, length, tmp_path / "run")
    assert (given["warmup"], given["duration"], given["iterations"]) == ([warmup], [duration], [iterations])


def test_options_are_passed_through(case: ToolCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for name in ("shapes.json", "a.bin", "b.bin", "own.so"):
        (tmp_path / name).touch()
    options = {
        "run_config": "shapes.json",
        "input_files": "a.bin:b.bin",
        "plugin": "own.so",
        "bind_cluster": 1,
        "host_async": "True",
        "kernel_capture": False,
        "trace_time": "dev",
        "trace": True,
    }
    (given,) = flags(with_options(case, **options), Length(1, None, 0), Path("run"))
    assert given["run_config"] == [str(tmp_path / "shapes.json")]
    assert given["input_files"] == [str(tmp_path / "a.bin"), str(tmp_path / "b.bin")]
    assert given["plugin"] == [str(tmp_path / "own.so")]
    assert (given["bind_cluster"], given["host_async"], given["kernel_capture"]) == (["true"], ["true"], ["false"])
    assert given["trace_time"] == ["dev"]
    assert given["trace_path"] == [str(tmp_path / "run" / "device-0")]


@pytest.mark.parametrize(
    ("option", "argument"),
    [
        ({"input_batches": "{batch}:100"}, {"batch_size": ["8", "100"]}),
        ({"input_batches": "{batch}:{batch}"}, {"batch_size": ["8", "8"]}),
        ({"input_dims": "{batch}x3x224x224:100x77:_"}, {"input_dims": ["8,3,224,224", "100,77", "_"]}),
    ],
)
def test_inputs(case: ToolCase, tmp_path: Path, option: Mapping[str, str], argument: Mapping[str, list[str]]):
    (given,) = flags(with_options(case, **option), Length(1, None, 0), tmp_path / "run")
    assert {key: values for key, values in given.items() if key in ("batch_size", "input_dims")} == argument


def test_a_process_for_each_device_or_its_own_list(case: ToolCase, tmp_path: Path):
    case = replace(case, device_ids=("0", "1"), instances=2)
    each = flags(case, Length(10, None, 0), tmp_path / "each")
    assert [given["devices"] for given in each] == [["0"], ["1"]]
    assert [given["iterations"] for given in each] == [["10"], ["10"]]
    (given,) = flags(replace(case, with_own_devices=True), Length(10, None, 0), tmp_path / "own")
    assert given["devices"] == ["0", "1"]
    assert given["iterations"] == ["3"], "ten requests over two devices of two threads"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"thread": 2}, "mm_run has no such option"),
        ({"threads": 2}, "for mm_run this is --instances"),
        ({"disable_data_copy": 1}, "--scope device-io"),
        ({"trace_time": "device"}, "none, host, dev, both"),
        ({"bind_cluster": "maybe"}, "true or false"),
        ({"run_config": "/nowhere.json"}, "there is no file /nowhere.json"),
        ({"input_batches": "8"}, "{batch} where the batch size goes"),
        ({"input_batches": "{batch}:x"}, "{batch}:100"),
        ({"input_dims": "8x3x224x224"}, "{batch}x3x224x224:100x77"),
        ({"input_dims": "{batch}x0"}, "{batch}x3x224x224:100x77"),
        ({"input_dims": "{batch}x3", "input_batches": "{batch}"}, "leave input_batches away"),
    ],
)
def test_wrong_options(options: Mapping[str, object], words: str):
    with pytest.raises(Unsupported, match=words.replace("{", r"\{")):
        TOOL.check_options(options)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scope": "compute"}, "mm_run times host or device-io"),
        ({"device_ids": ("mlu0",)}, "numbers its devices"),
        ({"precision": "fp32"}, "built as force_float16.*give --precision fp16"),
    ],
)
def test_wrong_cases(case: ToolCase, changes: Mapping[str, object], words: str):
    with pytest.raises(Unsupported, match=words):
        TOOL.check_case(replace(case, **changes))


@pytest.mark.parametrize("precision", ["", "fp16", "force_float16"])
def test_the_precision_of_the_name(case: ToolCase, precision: str):
    TOOL.check_case(replace(case, precision=precision))


def test_the_probe_asks_for_help(program: Path):
    probe = TOOL.probe({"command": str(program)})
    assert probe.libraries["mm_run"] == str(program)
    assert "infer_depth" in probe.libraries["mm_run flags"].split()
    assert (probe.version, probe.default_device) == ("", "0")


def test_it_is_found_on_the_path(program: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    assert TOOL.probe({}).libraries["mm_run"] == str(program)


def test_it_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mm_run").touch()
    with pytest.raises(RunnerUnavailable, match=r"there is no mm_run on PATH\. Install"):
        TOOL.probe({})
    with pytest.raises(RunnerUnavailable, match="may not be executed; chmod"):
        TOOL.probe({"command": "./mm_run"})
    with pytest.raises(RunnerUnavailable, match=r"there is no \./other\. Install"):
        TOOL.probe({"command": "./other"})


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("#!/bin/sh\necho another program", "printed: another program. Give another"),
        ("#!/bin/sh\necho libmagicmind_runtime.so.1: cannot open >&2; exit 127", "exit code 127.*LD_LIBRARY_PATH"),
        ("#!/nowhere/python\n", "cannot be started"),
        ("#!/bin/sh\n", "printed: nothing"),
    ],
)
def test_it_is_not_mm_run(tmp_path: Path, script: str, words: str):
    path = tmp_path / "mm_run"
    path.write_text(script)
    path.chmod(0o755)
    with pytest.raises(RunnerUnavailable, match=words):
        TOOL.probe({"command": str(path)})
