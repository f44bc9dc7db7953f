"""The openvino runner over the real OpenVINO: precision, streams, shapes, and the answers of onnxruntime."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from onnxruntime.quantization import CalibrationDataReader, quantize_static
from sweeps import sweep

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.models import build
from clipperf.runners.base import Instance, OpenSpec, Runner, Tensor
from clipperf.runners.cpu_cores import available_cores, format_cores
from clipperf.runners.inputs import draw_inputs
from clipperf.runners.onnxruntime import OnnxRuntimeRunner
from clipperf.runners.openvino import OpenVinoRunner

openvino = pytest.importorskip("openvino")

FIRST = str(available_cores()[0])
CAPABILITIES = openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def spec(**changes: Any) -> OpenSpec:
    """tiny-vision in fp32, batch 4, on the first core."""
    return replace(OpenSpec(str(build("tiny-vision").path), FIRST, "fp32", "host", 4, 1, {}), **changes)


def opened(**changes: Any) -> Instance:
    return OpenVinoRunner().open(spec(**changes))


def answers(runner: Runner, asked: OpenSpec, described: Any = ()) -> np.ndarray:
    """The first output, for inputs that depend on nothing but the signature."""
    instance = runner.open(asked)
    (slot,) = instance.slots
    slot.load(draw_inputs(instance.signature, described, asked.batch_size or 4, 1))
    slot.run()
    return slot.outputs()[instance.signature.outputs[0].name]


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Of rows."""
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.asarray((one * other).sum(axis=1) / lengths)


TEXTS = ({"name": "text", "dims": ["batch", 16], "kind": "tokens", "high": 64},)


@pytest.mark.parametrize("shape", ["static", "dynamic"])
@pytest.mark.parametrize(("model", "described"), [("tiny-vision", ()), ("tiny-text", TEXTS)])
def test_the_answers_are_those_of_onnxruntime(model: str, described: Any, shape: str):
    asked = spec(model=str(build(model).path))
    ours = answers(OpenVinoRunner(), replace(asked, options={"shape": shape}), described)
    assert cosines(ours, answers(OnnxRuntimeRunner(), asked, described)).min() >= 0.9999


def test_fp32_is_run_as_fp32_also_where_openvino_would_take_bf16():
    assert opened().ran.precision == "fp32"
    assert opened(precision="").ran.precision == "fp32"


def test_bf16_is_run_where_the_processor_has_it_and_refused_elsewhere():
    if "BF16" in CAPABILITIES:
        assert opened(precision="bf16").ran.precision == "bf16"
        exact = answers(OpenVinoRunner(), spec())
        assert not np.array_equal(exact, answers(OpenVinoRunner(), spec(precision="bf16")))
    else:
        with pytest.raises(Unsupported, match="--precision bf16: OpenVINO's CPU ran the model in fp32"):
            opened(precision="bf16")


@pytest.mark.parametrize("precision", ["fp16", "int8"])
def test_a_precision_that_did_not_run_is_refused_with_the_one_that_did(precision: str):
    if precision == "fp16" and "FP16" in CAPABILITIES:
        pytest.skip("this processor has fp16")
    with pytest.raises(Unsupported, match=rf"--precision {precision}: OpenVINO's CPU ran the model in (bf16|fp32); it"):
        opened(precision=precision)


class Calibration(CalibrationDataReader):  # type: ignore[misc]
    """One batch from which scales are taken."""

    def __init__(self) -> None:
        self._batches = iter([draw_inputs(opened().signature, (), 4, 1)])

    def get_next(self) -> Any:
        return next(self._batches, None)


def test_a_quantised_model_runs_in_int8_and_not_as_anything_else(tmp_path: Path):
    path = str(tmp_path / "int8.onnx")
    quantize_static(spec().model, path, Calibration())
    assert opened(model=path, precision="int8").ran.precision == "int8"
    assert opened(model=path, precision="").ran.precision == "int8"
    with pytest.raises(Unsupported, match="--precision fp32: OpenVINO's CPU ran the model in int8"):
        opened(model=path)


def test_threads_are_the_device_s_cores_and_streams_are_told():
    everything = format_cores(available_cores())
    ran = opened(device=everything).ran
    assert ran.threads == len(available_cores())
    assert ran.provider == "CPU, streams: 1"
    count = len(available_cores())
    assert opened(device=everything, options={"num_streams": count}).ran.provider == f"CPU, streams: {count}"


@pytest.mark.parametrize("option", ["num_streams", "inference_num_threads"])
def test_more_than_the_cores_give_is_refused(option: str):
    with pytest.raises(Unsupported, match=rf"--option {option}=1000: OpenVINO's CPU silently took \d+"):
        opened(options={option: 1000})


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [("NO_SUCH", 1, "Unsupported property NO_SUCH"), ("PERFORMANCE_HINT", "FAST", "Wrong value FAST")],
)
def test_a_property_that_the_plugin_does_not_take_is_named_with_its_reason(option: str, value: object, reason: str):
    with pytest.raises(Unsupported, match=f"--option {option}={value}: OpenVINO's CPU does not take it: .*{reason}"):
        opened(options={"num_streams": 1, option: value})


def test_the_signature_is_that_of_the_file():
    assert opened().signature.inputs == (Tensor("image", "float32", (None, 3, 32, 32)),)
    static = opened(model=str(build("tiny-vision", static_batch=4).path))
    assert static.signature.inputs == (Tensor("image", "float32", (4, 3, 32, 32)),)


def test_a_batch_that_the_file_fixes_is_refused_where_it_is_another():
    instance = opened(model=str(build("tiny-vision", static_batch=4).path), batch_size=8)
    with pytest.raises(Unsupported, match="The model's batch is fixed at 4"):
        draw_inputs(instance.signature, (), 8, 1)


def test_other_open_dimensions_are_those_of_the_arrays():
    instance = opened(model=str(build("tiny-clip").path), batch_size=2)
    (slot,) = instance.slots
    texts = {"name": "text", "dims": [7, 16], "kind": "tokens", "high": 64}
    slot.load(draw_inputs(instance.signature, (texts,), 2, 1))
    slot.run()
    assert slot.outputs()[instance.signature.outputs[0].name].shape == (2, 7)


@pytest.mark.parametrize("stored_in_fp16", [False, True])
def test_an_ir_answers_as_the_file_that_it_was_made_of(stored_in_fp16: bool, tmp_path: Path):
    path = tmp_path / "model.xml"
    openvino.save_model(openvino.Core().read_model(spec().model), path, compress_to_fp16=stored_in_fp16)
    asked = spec(model=str(path), precision="")
    assert cosines(answers(OpenVinoRunner(), asked), answers(OpenVinoRunner(), spec())).min() >= 0.9999
    if "FP16" not in CAPABILITIES:
        assert opened(model=str(path), precision="").ran.precision == "fp32"


@pytest.mark.parametrize("device", ["GPU.99", "NPU.99"])
def test_a_device_that_is_not_here_is_refused_with_those_that_are(device: str):
    assert OpenVinoRunner().cores(device, {}) is None
    with pytest.raises(Unsupported, match=f"--device {device}: OpenVINO finds no such device here, only CPU"):
        opened(device=device)


@pytest.mark.parametrize("device", ["CPU", "AUTO", "GPU.x", "HETERO:GPU"])
def test_what_is_neither_cores_nor_a_device_is_refused(device: str):
    with pytest.raises(Unsupported, match=f"--device {device}: give a set of cores .* GPU.1 or NPU"):
        OpenVinoRunner().cores(device, {})


@pytest.mark.parametrize("found", [None, SimpleNamespace()])
def test_without_openvino_the_remedy_is_told(found: object, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "openvino", found)
    with pytest.raises(RunnerUnavailable, match=r"cannot import openvino of 2023\.1 .* pip install openvino"):
        OpenVinoRunner().probe()


def test_the_probe_tells_the_name_of_the_processor():
    assert OpenVinoRunner().probe().libraries["openvino CPU"]


def test_a_sweep_over_batch_depth_and_precision(tmp_path: Path):
    rows = sweep(
        tmp_path / "run",
        runner="openvino",
        model="tiny-vision",
        device=[FIRST],
        batch=[1, 4],
        queue_depth=[1, 2],
        precision=["fp32", "int8"],
    )
    fp32, int8 = (rows[rows["precision"] == precision] for precision in ("fp32", "int8"))
    assert list(rows["status"]) == ["ok"] * 8
    assert set(int8["precision_ran"]) == {"int8"}
    assert set(fp32["precision_ran"]) == {"fp32"}
    assert set(fp32["provider_ran"]) == {"CPU, streams: 1"}
    assert (fp32["load_s"] > 0).sum() == 4
    assert list(fp32["in_flight_mean"].round()) == list(fp32["queue_depth"])


@pytest.mark.skipif(len(available_cores()) < 2, reason="needs two cores")
def test_fewer_threads_than_cores_are_pinned_only_where_that_is_asked_for():
    """Else the copies of a process would share a core: OpenVINO pins all of them to the same ones."""
    device = format_cores(available_cores()[:2])
    for asked in ({}, {"ENABLE_CPU_PINNING": True}):
        instance = opened(device=device, options={"inference_num_threads": 1, **asked})
        assert instance._compiled.get_property("ENABLE_CPU_PINNING") is bool(asked)
