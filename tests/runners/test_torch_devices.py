"""The torch runner's devices and options, on stand-ins of torch with an NPU or a GPU."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from standin_sdks import TORCH, importable, true_median_ms, write_model
from sweeps import sweep

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.runners.base import Instance, OpenSpec
from clipperf.runners.cpu_cores import available_cores, format_cores
from clipperf.runners.inputs import draw_inputs
from clipperf.runners.torch import TorchRunner

Opened = Callable[..., Instance]
SLOW = "10"
"""Times as long as usual, beside which the harness is nothing."""

CLOSE = 0.02


@pytest.fixture(params=TORCH)
def device(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with importable(TORCH[request.param], tmp_path / "device"):
        yield request.param


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Opens a model of batch 2."""

    def open_it(device: str, precision: str = "fp32", scope: str = "host", **options: Any) -> Instance:
        model = str(write_model(tmp_path, "torch", 2))
        return TorchRunner().open(OpenSpec(model, device, precision, scope, 2, 1, options))

    return open_it


def answer(instance: Instance) -> np.ndarray:
    (slot,) = instance.slots
    slot.load(draw_inputs(instance.signature, (), 2, 1))
    slot.run()
    return slot.outputs()["embed"]


def test_a_set_of_cores_is_a_cpu_and_a_name_with_a_number_an_accelerator():
    everything = format_cores(available_cores())
    assert TorchRunner().cores(everything, {}) == available_cores()
    for device in ("cuda:0", "npu:7", "mlu:0", "musa:0", "xpu:1"):
        assert TorchRunner().cores(device, {}) is None


@pytest.mark.parametrize("device", ["cuda", "npu", "tpu:0", "cuda:x", "CUDA:0", "mlu:", "cpu"])
def test_what_is_neither_is_refused(device: str):
    with pytest.raises(Unsupported, match=f"--device {device}: give a set of cores .* cuda:0, npu:0, mlu:0"):
        TorchRunner().cores(device, {})


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"mode": "fast"}, "--option mode=fast: take one of script, eager, compile"),
        ({"compile_backend": "inductor"}, "--option compile_backend: it belongs to mode=compile"),
        ({"tf32": "maybe"}, "--option tf32=maybe: take one of true, false"),
        ({"num_threads": 0}, "--option num_threads=0: give a whole number from 1 to 1024"),
        ({"num_threads": True}, "--option num_threads=True"),
    ],
)
def test_options_that_cannot_be_are_refused_before_anything_is_opened(options: dict[str, Any], reason: str):
    with pytest.raises(Unsupported, match=reason):
        TorchRunner().check_options(options)


@pytest.mark.parametrize("found", [None, "old"])
def test_without_torch_the_remedy_is_told(found: object, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "torch", found)
    with pytest.raises(RunnerUnavailable, match=r"cannot import torch of 1\.12 or later .* pip install torch"):
        TorchRunner().probe()


def test_the_probe_tells_cores_and_accelerators(device: str):
    kind = device.partition(":")[0]
    cores = tuple(map(str, available_cores()))
    assert TorchRunner().probe().devices == (*cores, f"{kind}:0", f"{kind}:1")
    assert TorchRunner().probe().default_device == format_cores(available_cores())


def test_a_device_that_is_not_here_is_refused_with_those_that_are(device: str, opened: Opened):
    kind = device.partition(":")[0]
    with pytest.raises(Unsupported, match=f"--device {kind}:2: torch finds 2 here, {kind}:0 to {kind}:1"):
        opened(f"{kind}:2")
    with pytest.raises(Unsupported, match=r"--device mlu:0: .* torch_mlu without a working mlu; install"):
        opened("mlu:0")


@pytest.mark.parametrize("scope", ["host", "device-io"])
def test_an_accelerator_answers_as_the_cpu_once_it_has_been_waited_for(device: str, scope: str, opened: Opened):
    instance = opened(device, scope=scope)
    np.testing.assert_allclose(answer(instance), answer(opened(str(available_cores()[0]))), rtol=1e-6)
    (compute_ns,) = instance.slots[0].stage_ns()["compute"]
    assert compute_ns >= 2e6


def test_tf32_and_its_like_are_off_unless_asked_for_and_told(device: str, opened: Opened):
    import torch

    def switches() -> list[bool]:
        if device == "npu:0":
            return [torch.npu.matmul.allow_hf32, torch.npu.conv.allow_hf32]
        return [torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32]

    assert opened(device).ran.provider == f"{device} Stand-in 0, script, tf32 off"
    assert switches() == [False, False]
    assert opened(device, tf32=True).ran.provider == f"{device} Stand-in 0, script, tf32 on"
    assert switches() == [True, True]


def test_a_cast_model_runs_in_that_precision_and_answers_in_fp32(device: str, opened: Opened):
    instance = opened(device, precision="fp16")
    assert instance.ran.precision == "fp16"
    assert answer(instance).dtype == np.float32
    assert not np.array_equal(answer(instance), answer(opened(device)))


def test_a_precision_that_the_device_has_no_kernels_for_is_refused_with_torch_s_reason(opened: Opened, tmp_path: Path):
    with importable(TORCH["npu:0"], tmp_path / "device"):
        instance = opened("npu:1", precision="bf16")
        with pytest.raises(Unsupported, match=r"--precision bf16: .* on npu:1: .addmm. not implemented for 'BFloat16'"):
            answer(instance)


def test_threads_are_the_cpu_s(device: str, opened: Opened):
    with pytest.raises(Unsupported, match=f"--option num_threads: it is the CPU's, {device} has none"):
        opened(device, num_threads=1)


@pytest.mark.parametrize("scope", ["host", "device-io"])
def test_what_is_measured_is_what_the_device_took(scope: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sdk = TORCH["npu:0"]
    for key, value in sdk.environment(tmp_path / "device").items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("STANDIN_TIMES", SLOW)
    model = str(write_model(tmp_path, "torch", 2))
    asked: dict[str, Any] = {"model": model, "scope": scope, "batch": [2], "iterations": 30, "device": ["npu:0"]}
    (row,) = sweep(tmp_path / "run", runner="torch", **asked).to_dict("records")
    assert row["status"] == "ok"
    assert row["device"] == "npu:0"
    assert row["latency_p50_ms"] == pytest.approx(true_median_ms(tmp_path / "run", row, scope), rel=CLOSE)
    assert row["latency_p50_ms"] / 2 < row["compute_p50_ms"] <= row["latency_p50_ms"]
