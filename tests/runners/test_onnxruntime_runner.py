"""onnxruntime: providers as asked or not at all, options, threads, and what the file says."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import onnxruntime
import pytest

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.models import build
from clipperf.runners.base import OpenSpec, Tensor
from clipperf.runners.cpu_cores import available_cores, format_cores
from clipperf.runners.onnxruntime import OnnxRuntimeRunner
from clipperf.runners.onnxruntime_providers import PROVIDERS

OUTPUT = "image_embed"
CPU, CUDA = PROVIDERS["cpu"].name, PROVIDERS["cuda"].name


def spec(**changes: Any) -> OpenSpec:
    """tiny-vision on the first core."""
    first = OpenSpec(str(build("tiny-vision").path), str(available_cores()[0]), "fp32", "host", None, 1, {})
    return replace(first, **changes)


def test_a_provider_that_this_build_lacks_is_refused_with_those_it_has():
    with pytest.raises(Unsupported) as refusal:
        OnnxRuntimeRunner().open(spec(options={"provider": "cuda"}))
    assert str(refusal.value) == (
        f"--option provider: this build of onnxruntime ({onnxruntime.__version__}) has no {CUDA}, only "
        f"{', '.join(onnxruntime.get_available_providers())}; install the build that has it."
    )


@pytest.mark.parametrize(("options", "device"), [({}, None), ({"provider": "cpu"}, None), ({"provider": "cuda"}, "0")])
def test_the_default_device_is_all_cores_on_the_cpu_and_the_first_elsewhere(
    options: dict[str, str], device: str | None
):
    assert OnnxRuntimeRunner().default_device(options) == (device or format_cores(available_cores()))


def test_a_device_is_a_set_of_cores_on_the_cpu_only():
    runner = OnnxRuntimeRunner()
    assert runner.cores(str(available_cores()[0]), {}) == (available_cores()[0],)
    assert runner.cores("7", {"provider": "cuda"}) is None


def test_an_unknown_provider_is_refused_with_the_known_ones():
    with pytest.raises(
        Unsupported, match=f"--option provider=cuder: no such provider; take one of {', '.join(PROVIDERS)}"
    ):
        OnnxRuntimeRunner().check_options({"provider": "cuder"})


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("execution_mode", "fast", "sequential, parallel"),
        ("graph_optimization_level", 99, "disable, basic, extended, all"),
        ("intra_op_num_threads", -1, "a whole number of threads up to 1024"),
        ("intra_op_num_threads", 2.5, "a whole number of threads up to 1024"),
        ("inter_op_num_threads", "two", "a whole number of threads up to 1024"),
    ],
)
def test_a_wrong_value_of_an_option_is_refused_with_the_valid_ones(option: str, value: object, allowed: str):
    with pytest.raises(Unsupported, match=f"--option {option}={value}: .*{allowed}"):
        OnnxRuntimeRunner().check_options({option: value})


def session_options(**options: object) -> Any:
    runner = OnnxRuntimeRunner()
    runner.check_options(options)
    return runner.open(spec(options=options))._session.get_session_options()


def test_options_reach_the_session():
    chosen = session_options(
        intra_op_num_threads=1, inter_op_num_threads=2, execution_mode="parallel", graph_optimization_level="basic"
    )
    assert chosen.inter_op_num_threads == 2
    assert chosen.execution_mode == onnxruntime.ExecutionMode.ORT_PARALLEL
    assert chosen.graph_optimization_level == onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC


def test_an_option_with_a_dot_is_a_configuration_entry_of_the_session():
    chosen = session_options(**{"session.intra_op.allow_spinning": 0})
    assert chosen.get_session_config_entry("session.intra_op.allow_spinning") == "0"


@pytest.mark.parametrize("number", range(1, len(available_cores()) + 1))
def test_there_is_a_thread_for_each_core(number: int):
    instance = OnnxRuntimeRunner().open(spec(device=format_cores(available_cores()[:number])))
    assert instance.ran.threads == number


def test_threads_may_be_asked_for_instead():
    assert OnnxRuntimeRunner().open(spec(options={"intra_op_num_threads": 3})).ran.threads == 3


def test_the_signature_is_that_of_the_file():
    signature = OnnxRuntimeRunner().open(spec()).signature
    assert [(tensor.name, tensor.dtype, tensor.shape[0]) for tensor in signature.inputs] == [("image", "float32", None)]
    static = OnnxRuntimeRunner().open(spec(model=str(build("tiny-vision", static_batch=4).path))).signature
    assert static.inputs[0] == Tensor("image", "float32", (4, *signature.inputs[0].shape[1:]))


def test_the_answer_is_that_of_a_bare_session():
    instance = OnnxRuntimeRunner().open(spec())
    shape = (2, *instance.signature.inputs[0].shape[1:])
    image = np.random.RandomState(0).standard_normal(shape).astype(np.float32)
    (slot,) = instance.slots
    slot.load({"image": image})
    slot.run()
    (expected,) = onnxruntime.InferenceSession(spec().model, providers=[CPU]).run(None, {"image": image})
    np.testing.assert_allclose(slot.outputs()[instance.signature.outputs[0].name], expected, rtol=1e-4, atol=1e-6)


def test_without_onnxruntime_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(RunnerUnavailable, match=r"cannot import onnxruntime .* pip install onnxruntime"):
        OnnxRuntimeRunner().probe()


@pytest.mark.parametrize("options", [{}, {"io": "binding"}])
@pytest.mark.parametrize("scope", ["host", "device-io"])
def test_bound_tensors_answer_as_arrays_do(scope: str, options: dict[str, str]):
    first, bound = OnnxRuntimeRunner().open(spec()), OnnxRuntimeRunner().open(spec(scope=scope, options=options))
    for batch in (2, 2, 3):
        image = np.random.RandomState(batch).standard_normal((batch, 3, 32, 32)).astype(np.float32)
        answers = []
        for instance in (first, bound):
            instance.slots[0].load({"image": image})
            instance.slots[0].run()
            answers.append(instance.slots[0].outputs()[OUTPUT])
        np.testing.assert_array_equal(*answers)
    assert bound.ran.precision == "fp32"


def test_a_bound_request_reads_no_memory_that_is_the_callers():
    (slot,) = OnnxRuntimeRunner().open(spec(options={"io": "binding"})).slots
    image = np.ones((1, 3, 32, 32), dtype=np.float32)
    slot.load({"image": image})
    slot.run()
    before = slot.outputs()
    image[...] = 7
    slot.run()
    np.testing.assert_array_equal(slot.outputs()[OUTPUT], before[OUTPUT])


def test_arrays_are_no_scope_of_the_device():
    with pytest.raises(Unsupported, match="--option io=arrays: with --scope device-io tensors stay on the device"):
        OnnxRuntimeRunner().open(spec(scope="device-io", options={"io": "arrays"}))
