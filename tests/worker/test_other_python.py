"""Workers under the Python 3.8 and the old numpy of vendors' images, while the command runs under its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import clipperf
from old_python import find_python38, plain
from sweeps import statuses, sweep

from clipperf import errors
from clipperf.models import build
from clipperf.results.folder import ENVIRONMENT, read_json
from clipperf.runners.cpu_cores import available_cores


def by_old(python38: str, folder: Path, **keys: Any):
    return sweep(folder, worker_python=python38, batch=[1, 4], **keys)


def test_onnxruntime_1_10_under_python_3_8(python38: str, tmp_path: Path):
    model = build("tiny-vision", opset=15).path
    frame = by_old(python38, tmp_path / "run", runner="onnxruntime", model=str(model), instances=2, queue_depth=2)
    assert list(frame["status"]) == ["ok", "ok"]
    assert set(frame["runner_version"]) == {"1.10.0"}
    assert set(frame["provider_ran"]) == {"CPUExecutionProvider"}
    facts = read_json(tmp_path / "run" / ENVIRONMENT)["runner"]
    assert (facts["python"].rpartition(".")[0], facts["numpy"]) == ("3.8", "1.17.5")


@pytest.mark.parametrize("runner", ["simulated", "null"])
def test_runners_without_an_sdk_under_python_3_8(runner: str, python38: str, tmp_path: Path):
    frame = by_old(python38, tmp_path / "run", runner=runner, model="any", instances=2)
    assert list(frame["status"]) == ["ok", "ok"]
    samples = np.load(tmp_path / "run" / "samples" / f"{frame['case_id'].iloc[0]}-0.npz")
    assert len(samples["completed_ns"]) > 5
    assert (np.diff(samples["completed_ns"]) >= 0).all()


def test_the_open_loop_under_python_3_8(python38: str, tmp_path: Path):
    frame = by_old(python38, tmp_path / "run", rate=300, option={"execute_ms": 0.1})
    assert list(frame["status"]) == ["ok", "ok"]
    assert set(frame["loop"]) == {"open"}


@pytest.mark.parametrize("fail", ["raise", "segfault", "exit"])
def test_failures_under_python_3_8(fail: str, python38: str, tmp_path: Path):
    frame = by_old(python38, tmp_path / "run", option={"fail": fail, "fail_batch": 1})
    assert statuses(frame) == {1: "failed", 4: "ok"}


def test_the_old_answers_are_those_of_the_new(python38: str, tmp_path: Path):
    """Same model, same inputs: what differs between the interpreters is the speed."""
    code = (
        "import sys, json, importlib.util\n"
        "folder = sys.argv[1]\n"
        "spec = importlib.util.spec_from_file_location('clipperf', folder + '/__init__.py',"
        " submodule_search_locations=[folder])\n"
        "sys.modules['clipperf'] = module = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(module)\n"
        "from clipperf.runners import load_runner\n"
        "from clipperf.runners.base import OpenSpec\n"
        "from clipperf.runners.inputs import draw_inputs\n"
        "instance = load_runner('onnxruntime').open(OpenSpec(sys.argv[2], sys.argv[3], 'fp32', 'host', None, 1, {}))\n"
        "slot = instance.slots[0]\n"
        "slot.load(draw_inputs(instance.signature, [], 3, 7))\n"
        "slot.run()\n"
        "print(json.dumps([array.tolist() for array in slot.outputs().values()]))"
    )
    model = str(build("tiny-vision", opset=15).path)
    arguments = ["-c", code, str(Path(errors.__file__).parent), model, str(available_cores()[0])]
    old, new = (
        subprocess.run([python, *arguments], capture_output=True, text=True, check=True, env=plain()).stdout
        for python in (python38, sys.executable)
    )
    np.testing.assert_allclose(json.loads(old), json.loads(new), rtol=1e-3, atol=1e-5)


def test_a_model_that_the_old_onnxruntime_cannot_read_is_a_row_with_its_reason(python38: str, tmp_path: Path):
    row = by_old(python38, tmp_path / "run", runner="onnxruntime", model=str(build("tiny-vision", opset=21).path)).iloc[
        0
    ]
    assert row["status"] == "failed"
    assert "opset" in row["error"].lower()


def test_the_flag_takes_the_interpreter(python38: str, tmp_path: Path):
    # What is here is asked under that interpreter too: its onnxruntime cannot be this one's.
    command = ("sweep", "--model", "tiny-vision", "--worker-python", python38, "--list")
    done = clipperf(*command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    without = clipperf("sweep", "--model", "tiny-vision", "--worker-python", find_python38(), "--list", cwd=tmp_path)
    assert without.returncode == 2
    assert without.stderr.startswith("Error: --runner onnxruntime: it could not be asked what is here.")
    assert "No module named 'numpy'" in without.stderr
