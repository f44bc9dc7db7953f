"""``clipperf compile-command`` as a user calls it: lines to type, and the same run."""

from __future__ import annotations

import os
import shlex
import signal
import sys
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


BMNETP = """
import os, sys
flags = dict(one.strip("-").split("=") for one in sys.argv if "=" in one)
os.makedirs(flags["outdir"], exist_ok=True)
with open(f"{flags['outdir']}/compilation.bmodel", "w") as file:
    file.write(" ".join(sys.argv))
"""
PT_TO_UMODEL = """
import sys
flags = dict(zip(sys.argv[1:-1:2], sys.argv[2:-1:2]))
with open(flags["-m"]) as traced, open(f"{flags['-d']}/{flags['-m'][:-3]}_bmnetp.fp32umodel", "w") as umodel:
    umodel.write(traced.read())
"""
QUANTIZE = """
for flag; do case $flag in -weights=*) fp32=${flag#*=};; esac; done
cp "$fp32" "${fp32%.fp32umodel}.int8umodel"
"""
BMNETU = """
for flag; do case $flag in -max_n=4) exit 3;; -outdir=*) folder=${flag#*=};; esac; done
echo int8 > "$folder/compilation.bmodel"
"""


@pytest.fixture
def bmnnsdk(tmp_path: Path) -> dict[str, str | None]:
    """An environment with the SDK in miniature, whose bmnetu makes nothing of batch 4, and the guide's export.py."""
    (tmp_path / "export.py").write_text("open('ViT_224_1b.pt', 'w').write('traced')")
    for name, text in {"bmnetp.py": BMNETP, "ufw/tools/pt_to_umodel.py": PT_TO_UMODEL}.items():
        (tmp_path / "modules" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "modules" / name).write_text(text)
    (tmp_path / "bin").mkdir()
    programs = {"python3": f'exec "{sys.executable}" "$@"', "calibration_use_pb": QUANTIZE, "bmnetu": BMNETU}
    for name, text in programs.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{text}")
        (tmp_path / "bin" / name).chmod(0o755)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "PYTHONPATH": str(tmp_path / "modules")}


def test_steps_run_one_after_the_other_and_none_without_what_it_is_made_from(bmnnsdk: dict, tmp_path: Path):
    arguments = ("vision", "--for", "sophon-bm1684", "--batch", "1,4", "--calibration", "lmdb", "--run")
    stale = tmp_path / "models" / "int8model" / "4" / "compilation.bmodel"
    stale.parent.mkdir(parents=True)
    stale.write_text("of yesterday")
    done = clipperf("compile-command", *arguments, cwd=tmp_path, env=bmnnsdk)
    assert done.returncode == 1, done.stderr
    assert [line for line in done.stdout.splitlines() if not line.endswith("compilation.bmodel")] == [
        "ViT_224_1b.pt",
        "models/fp32model/ViT_224_fp32_1b.bmodel",
        "models/fp32model/ViT_224_fp32_4b.bmodel",
        "models/int8model/ViT_224_1b_bmnetp.fp32umodel",
        "models/int8model/ViT_224_1b_bmnetp.int8umodel",
        "models/int8model/ViT_224_int8_1b.bmodel",
    ]
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert errors[0].startswith("Error: compilation.bmodel: bmnetu ended with exit code 3.")
    assert errors[1:] == ["Error: ViT_224_int8_4b.bmodel: it is made from compilation.bmodel, which failed."]
    assert "--shapes=[[4,3,224,224]]" in (tmp_path / "models/fp32model/ViT_224_fp32_4b.bmodel").read_text()


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
    (["vision", "--for", "sophon-bm1684", "--run"], "--run: there is no export.py. The guide's export.py traces"),
    (
        ["x.pt", "--for", "sophon-bm1684", "--shape", "image=3,224,224", "--run"],
        "--run: python3 has no bmnetp. Run these in the container",
    ),
    (["vision", "--for", "sophon-bm1684x", "--run"], "--run: there is no model_transform.py on PATH. Run these in"),
    (["x.pt", "--for", "sophon-bm1684"], "--shape: TorchScript does not tell its inputs; name those of x.pt in their"),
    (["x.onnx", "--for", "sophon-bm1684"], "'x.onnx': the conversion begins with TorchScript; give a .pt file"),
    (["vision", "--for", "sophon-bm1684x", "--calibration-samples", "0"], "Invalid value for '--calibration-samples'"),
    (["vision", "--for", "ascend-910b4", "--calibration", "x"], "--calibration: --for ascend-910b4 takes none, "),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_usage_is_one_sentence_and_exit_code_2(arguments: list[str], message: str, tmp_path: Path):
    env: dict[str, str | None] = {"CLIPPERF_CACHE": str(tmp_path / "cache"), "PROJ_ROOT_PATH": None}
    done = clipperf("compile-command", *arguments, cwd=tmp_path, env=env)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = (line for line in done.stderr.splitlines() if line.startswith("Error: "))
    assert line.startswith(f"Error: {message}")
    assert list(tmp_path.iterdir()) == []
