"""What is asked of ais_bench, what is refused before it is started, and how it is found."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ais_bench_cases import PROGRAM, Run, codes, with_options, write_model

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.tools import load_tool
from clipperf.tools.ais_bench import AisBench
from clipperf.tools.base import Command, Length, ToolCase

LENGTH = Length(20, None, 3)


@pytest.fixture
def commands(tmp_path: Path) -> Callable[..., list[Command]]:
    """The command lines of a case, in an empty folder."""

    def commands(case: ToolCase, length: Length = LENGTH) -> list[Command]:
        (tmp_path / "run").mkdir()
        return list(AisBench().commands(case, length, tmp_path / "run"))

    return commands


def flags(command: Command) -> dict[str, str]:
    words = [word for word in command.argv if word not in ("-m", "ais_bench", "benchmark")][1:]
    return dict(zip(words[::2], words[1::2], strict=True))


def refusal(case: ToolCase) -> str:
    try:
        AisBench().check_options(case.options)
    except Unsupported as error:
        return str(error)
    with pytest.raises(Unsupported) as caught:
        AisBench().check_case(case)
    return str(caught.value)


def test_a_command_says_all_that_makes_the_measurement(case: ToolCase, commands: Any) -> None:
    (command,) = commands(case)
    assert command.argv[:3] == (case.options["python"], "-m", "ais_bench")
    assert flags(command) == {
        "--model": case.model,
        "--device": "0",
        "--loop": "20",
        "--warmup_count": "3",
        "--output": ".",
        "--output_dirname": "figures",
        "--display_all_summary": "1",
    }
    assert command.hold_at


def test_every_device_and_instance_has_a_process_and_a_folder(case: ToolCase, commands: Any) -> None:
    found = commands(replace(case, device_ids=("0", "3"), instances=2))
    assert [flags(command)["--device"] for command in found] == ["0", "0", "3", "3"]
    assert [command.device for command in found] == ["0", "0", "3", "3"]
    assert len({command.folder for command in found}) == 4
    assert all(command.folder.is_dir() for command in found)


def test_its_own_list_is_one_process(case: ToolCase, commands: Any) -> None:
    (command,) = commands(replace(case, device_ids=("0", "3"), instances=2, with_own_devices=True))
    assert flags(command)["--device"] == "0,0,3,3"
    assert command.hold_at == ""


def test_folders_are_such_as_it_takes_under_any_umask(case: ToolCase, commands: Any) -> None:
    before = os.umask(0)
    try:
        (command,) = commands(case)
    finally:
        os.umask(before)
    assert command.folder.stat().st_mode & 0o777 == 0o750


def test_msit_has_other_words(case: ToolCase, commands: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIS_FORM", "msit")
    command = f"{case.options['python']} benchmark"
    (found,) = commands(replace(case, options={"command": command, "dymBatch": "true"}))
    assert found.argv[1] == "benchmark"
    assert {"--om-model", "--warmup-count", "--output-dirname", "--dym-batch"} <= flags(found).keys()


def test_msit_measures(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIS_FORM", "msit")
    (report,), _ = run(replace(case, options={"command": f"{case.options['python']} benchmark"}))
    assert (report.requests, codes(report)) == (20, set())


def test_options_become_flags(case: ToolCase, commands: Any, tmp_path: Path) -> None:
    data = [write_model(tmp_path / name) for name in ("a.npy", "b.npy")]
    options = {
        "input": ":".join(map(str, data)),
        "run_mode": "tensor",
        "dymShape": "px2:{batch}x3x224x224;mask:1x77",
        "outputSize": "8192:2048",
        "output_batchsize_axis": 1,
    }
    (command,) = commands(with_options(case, **options))
    given = flags(command)
    assert given["--input"] == f"{data[0]},{data[1]}"
    assert given["--dymShape"] == "px2:4,3,224,224;mask:1,77"
    assert (given["--outputSize"], given["--run_mode"], given["--output_batchsize_axis"]) == (
        "8192,2048",
        "tensor",
        "1",
    )


@pytest.mark.parametrize(("value", "flag"), [("300x500", "300,500"), ("300,500", "300,500"), ("x1:4x3", "x1:4,3")])
def test_shapes_are_written_with_an_x(case: ToolCase, commands: Any, value: str, flag: str) -> None:
    AisBench().check_options({"dymHW": value})
    (command,) = commands(with_options(case, dymHW=value))
    assert flags(command)["--dymHW"] == flag


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"profiler": "true"}, "a profiler changes what is measured"),
        ({"dump": 1}, "changes what is measured"),
        ({"pipeline": "true"}, "no queue depth"),
        ({"threads": 2}, "--instances"),
        ({"loop": 100}, "--iterations"),
        ({"device": 1}, "--device"),
        ({"energy_consumption": 1}, "reads the power itself"),
        ({"dymShape_range": "x:1~2"}, "dymShape with {batch}"),
        ({"flavour": "sweet"}, "no such option"),
        ({"run_mode": "fast"}, "array, files, tensor, full"),
        ({"dymBatch": "true", "dymHW": "2x2"}, "one way"),
        ({"dymHW": "wide"}, "300x500"),
        ({"batchsize": 4}, "believed"),
        ({"output_batchsize_axis": 9}, "0 to 8"),
        ({"outputSize": "big"}, "bytes"),
        ({"python": "a", "command": "b"}, "give one"),
        ({"input": "/none.npy"}, "no such file"),
        ({"input": "/tmp"}, "is a folder"),
        ({"input": "/none.npy", "pure_data_type": "zero"}, "give one"),
        ({"aipp_config": "/none.config"}, "no such file"),
        ({"dymBatch": 8}, "the case has --batch 4"),
        ({"dymBatch": 1}, "the case has --batch 4"),
    ],
)
def test_options_that_cannot_be_are_refused(case: ToolCase, options: dict[str, Any], words: str) -> None:
    assert words in refusal(with_options(replace(case, options={}), **options))


@pytest.mark.parametrize("value", ["true", "yes", True, 4, "4"])
def test_the_size_of_a_dynamic_model_is_that_of_the_case(case: ToolCase, value: Any) -> None:
    AisBench().check_case(with_options(case, dymBatch=value))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"queue_depth": 2}, "--instances 2"),
        ({"batch_size": 5000}, "1 to 4096"),
        ({"device_ids": ("256",)}, "0 to 255"),
        ({"device_ids": ("npu0",)}, "chip logic ids"),
        ({"device_ids": ("0", "1"), "instances": 200, "with_own_devices": True}, "256"),
    ],
)
def test_cases_that_cannot_be_are_refused(case: ToolCase, changes: dict[str, Any], words: str) -> None:
    assert words in refusal(replace(case, **changes))


def test_models_that_it_would_refuse_are_refused_before(case: ToolCase, model: Path, tmp_path: Path) -> None:
    def says(path: Path) -> str:
        return refusal(replace(case, model=str(path)))

    link = tmp_path / "link.om"
    link.symlink_to(model)
    assert f"give {model}" in says(link)
    assert "there is no such file" in says(tmp_path / "none.om")
    assert "reads .om files" in says(write_model(tmp_path / "vit.onnx"))
    assert "has '+ '" in says(write_model(tmp_path / "vit+b 32.om"))
    shared = write_model(tmp_path / "shared.om")
    shared.chmod(0o660)
    assert f"chmod go-w {shared}" in says(shared)
    shared.chmod(0o200)
    assert f"chmod u+r {shared}" in says(shared)


@pytest.mark.parametrize(("requests", "warmup"), [(100_001, 1), (10, 10_001)])
def test_more_requests_than_it_takes_are_refused(case: ToolCase, commands: Any, requests: int, warmup: int) -> None:
    with pytest.raises(Unsupported, match="takes 100000 after 10000"):
        commands(case, Length(requests, None, warmup))


def test_what_is_here_is_told(case: ToolCase, monkeypatch: pytest.MonkeyPatch) -> None:
    probe = AisBench().probe(case.options)
    assert (probe.version, probe.devices, probe.default_device) == ("0.0.2 (with --threads)", (), "0")
    assert "warmup_count" in probe.libraries["ais_bench flags"]


@pytest.mark.parametrize(
    ("form", "lacks", "version"),
    [
        ("2023-06", "", "0.0.2 (without --pipeline)"),
        ("new", "threads", "0.0.2 (with --pipeline)"),
        ("new", "threads pipeline", "0.0.2 (without --pipeline)"),
    ],
)
def test_releases_are_told_by_their_flags(
    program: Path, form: str, lacks: str, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIS_FORM", form)
    monkeypatch.setenv("AIS_LACKS", lacks)
    assert AisBench().probe({"python": str(program)}).version == version


def test_the_python_of_the_workers_is_the_one_that_is_asked(program: Path) -> None:
    assert load_tool("ais_bench", str(program)).probe({}).version == "0.0.2 (with --threads)"


def test_without_any_word_it_is_python3_on_path(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    assert AisBench().probe({}).libraries["ais_bench"] == f"{program} -m ais_bench"


@pytest.mark.parametrize(
    ("fails", "words"),
    [("no-aclruntime", "install the one built for this Python"), ("no-cann", "set_env.sh")],
)
def test_what_it_lacks_is_told_with_the_remedy(
    program: Path, fails: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIS_FAILS", fails)
    with pytest.raises(RunnerUnavailable, match=words):
        AisBench().probe({"python": str(program)})


def test_a_python_without_it_is_told() -> None:
    with pytest.raises(RunnerUnavailable, match="has no ais_bench: install its wheel"):
        AisBench().probe({"python": sys.executable})


def test_msit_without_benchmark_is_told(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIS_FAILS", "no-component")
    with pytest.raises(RunnerUnavailable, match="msit install benchmark"):
        AisBench().probe({"command": f"{program} benchmark"})


def test_what_cannot_be_started_is_told(tmp_path: Path) -> None:
    script = tmp_path / "python3.8"
    script.write_text("nothing")
    with pytest.raises(RunnerUnavailable, match="there is no nowhere on PATH"):
        AisBench().probe({"python": "nowhere"})
    with pytest.raises(RunnerUnavailable, match=r"chmod \+x"):
        AisBench().probe({"command": f"{script} -m ais_bench"})
    with pytest.raises(RunnerUnavailable, match="is empty"):
        AisBench().probe({"command": " "})
    with pytest.raises(RunnerUnavailable, match="No closing quotation"):
        AisBench().probe({"command": "'msit"})
    script.chmod(0o755)
    with pytest.raises(RunnerUnavailable, match="cannot be started"):
        AisBench().probe({"command": str(script)})
    with pytest.raises(RunnerUnavailable, match="does not list the flags of ais_bench"):
        AisBench().probe({"command": "true"})


def test_the_stand_in_is_a_program_of_its_own() -> None:
    """What the tests run is no part of the package."""
    assert PROGRAM.is_file()
    assert "clipperf" not in PROGRAM.read_text(encoding="utf-8")
