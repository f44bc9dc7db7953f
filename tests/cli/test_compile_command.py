"""``clipperf compile-command`` as a user calls it: lines to type, and the same run."""

from __future__ import annotations

import os
import shlex
import signal
from pathlib import Path

import pytest
from commands import clipperf, running

ATC = """#!/bin/sh
for flag; do case $flag in --output=*) output=${flag#*=};; --model=*) model=${flag#*=};; esac; done
test -s "$model" || exit 9
case $output in *_bs2) echo "ATC run failed, E19999"; exit 1;; esac
echo ATC run success
echo model > "$output.om"
"""


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str | None]:
    """An environment with a cache of its own and an atc that cannot compile batch 2."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "atc").write_text(ATC)
    (tmp_path / "bin" / "atc").chmod(0o755)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "CLIPPERF_CACHE": str(tmp_path / "cache")}


def test_lines_go_to_stdout_and_what_they_need_to_stderr(place: dict, tmp_path: Path):
    done = clipperf(
        "compile-command", "tiny-vision", "--for", "ascend-910b4", "--batch", "1,4", cwd=tmp_path, env=place
    )
    assert done.returncode == 0, done.stderr
    lines = [shlex.split(line) for line in done.stdout.splitlines()]
    assert [(line[0], line[3]) for line in lines] == [
        ("atc", "--output=models/tiny-vision_bs1"),
        ("atc", "--output=models/tiny-vision_bs4"),
    ]
    assert "First: mkdir -p models && clipperf models build tiny-vision --opset 11\n" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin"], "nothing runs unasked"


def test_what_is_printed_can_be_pasted(place: dict, tmp_path: Path):
    arguments = ("compile-command", "tiny-vision", "--for", "ascend-910b4", "--batch", "1,4")
    done = clipperf(*arguments, cwd=tmp_path, env=place)
    first = next(line.removeprefix("First: ") for line in done.stderr.splitlines() if line.startswith("First: "))
    assert clipperf("models", "build", *shlex.split(first)[-3:], cwd=tmp_path, env=place).returncode == 0
    again = clipperf(*arguments, cwd=tmp_path, env=place)
    assert again.stdout == done.stdout
    assert "First: mkdir -p models\n" in again.stderr
    quiet = clipperf(*arguments, "--quiet", cwd=tmp_path, env=place)
    assert (quiet.stdout, quiet.stderr) == (done.stdout, "")


def test_run_makes_the_files_and_goes_on_where_one_fails(place: dict, tmp_path: Path):
    arguments = ("compile-command", "tiny-vision", "--for", "ascend-910b4", "--batch", "1,2,4", "--run")
    done = clipperf(*arguments, cwd=tmp_path, env=place)
    assert done.returncode == 1
    assert done.stdout.splitlines() == ["models/tiny-vision_bs1.om", "models/tiny-vision_bs4.om"]
    (error,) = (line for line in done.stderr.splitlines() if line.startswith("Error: "))
    assert error == (
        "Error: tiny-vision_bs2.om: atc ended with exit code 1. It said: ATC run failed, E19999. All of it is in "
        "models/tiny-vision_bs2.om.log."
    )
    assert sorted(path.name for path in (tmp_path / "models").iterdir()) == [
        "tiny-vision_bs1.om",
        "tiny-vision_bs1.om.log",
        "tiny-vision_bs2.om.log",
        "tiny-vision_bs4.om",
        "tiny-vision_bs4.om.log",
    ]
    quiet = clipperf(*arguments[:5], "1", "--run", "--quiet", cwd=tmp_path, env=place)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "models/tiny-vision_bs1.om\n", "")


def test_an_interruption_leaves_no_compiler_behind(place: dict, tmp_path: Path):
    (tmp_path / "bin" / "atc").write_text("#!/bin/sh\necho begun\nsleep 600 & wait\n")
    log = tmp_path / "models" / "tiny-vision_bs1.om.log"
    arguments = ("compile-command", "tiny-vision", "--for", "ascend-910b4", "--run")
    with running(*arguments, cwd=tmp_path, env=place) as command:
        command.wait_for(lambda: log.exists() and "begun" in log.read_text())
        command.process.send_signal(signal.SIGINT)
        code, _, said = command.end()
        assert (code, said.splitlines()[-1]) == (130, "Interrupted.")
        assert command.left_behind() == []


WRONG = [
    (["vision"], "Missing option '--for'"),
    (["vision", "--for", "tpu"], "Invalid value for '--for': 'tpu' is not one of 'ascend-910b4', 'ascend', "),
    (["vision", "--for", "ascend"], "--chip: atc compiles for one chip;"),
    (["vision", "--for", "ascend-910b4", "--batch", "1,x"], "--batch 1,x: found 'x', allowed is a whole number;"),
    (["nope", "--for", "ascend-910b4"], "'nope' is no model that clipperf knows;"),
    (["nope.onnx", "--for", "ascend-910b4"], "The model 'nope.onnx' cannot be read (No such file or directory);"),
    (["vision", "--for", "ascend-910b4", "--chip", "x"], "--chip: --for ascend-910b4 takes none, "),
    (["vision", "--for", "cambricon-mlu", "--precision", "int8"], "--precision int8: it needs a calibration, "),
    (
        ["vision", "--for", "ascend-910b4", "--shape", "imag=3,1,1"],
        "--shape names the input 'imag'; the model has image.",
    ),
    (["vision", "--for", "ascend-910b4", "--run"], "--run: there is no atc on PATH. Install Huawei's CANN toolkit"),
    (["clip", "--for", "cambricon-mlu", "--run"], "--run: the environment variable PROJ_ROOT_PATH is not set. Install"),
    (["vit_base_patch8_224", "--for", "ascend-310p3", "--run"], "--run: there is no export.py. Go to AscendIE/"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_usage_is_one_sentence_and_exit_code_2(arguments: list[str], message: str, tmp_path: Path):
    env: dict[str, str | None] = {"CLIPPERF_CACHE": str(tmp_path / "cache"), "PROJ_ROOT_PATH": None}
    done = clipperf("compile-command", *arguments, cwd=tmp_path, env=env)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = (line for line in done.stderr.splitlines() if line.startswith("Error: "))
    assert line.startswith(f"Error: {message}")
    assert list(tmp_path.iterdir()) == []
