"""The precision that onnxruntime ran: read from the profile of a first request, by operator and by type."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from clipperf.errors import Unsupported
from clipperf.models import BuiltModel, build
from clipperf.models.recipes import recipe_for
from clipperf.models.variants import make_variant
from clipperf.runners.base import Instance, OpenSpec
from clipperf.runners.cpu_cores import available_cores
from clipperf.runners.inputs import draw_inputs
from clipperf.runners.onnxruntime import OnnxRuntimeRunner
from clipperf.runners.onnxruntime_precision import check_precision, precision_in

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


def event(operator: str, *types: str, provider: str = CPU, name: str = "node_kernel_time") -> dict[str, Any]:
    shapes = [{kind: [1, 4]} for kind in types]
    return {
        "cat": "Node",
        "name": name,
        "args": {"op_name": operator, "provider": provider, "input_type_shape": shapes},
    }


@pytest.mark.parametrize(
    ("events", "precision"),
    [
        ([event("MatMul", "float", "float"), event("Add", "float16")], "fp32"),
        ([event("MatMul", "float16", "float16"), event("Conv", "float16", "float16")], "fp16"),
        ([event("Gemm", "bfloat16")], "bf16"),
        ([event("MatMul", "float"), event("MatMul", "float16")], "fp16+fp32"),
        # Weights that were packed beforehand are no input of the operator any more.
        ([event("DynamicQuantizeMatMul", "float", "float")] * 3 + [event("MatMul", "float")] * 2, "int8"),
        ([event("QLinearMatMul", "uint8"), event("MatMul", "float")], "fp32+int8"),
        # A vendor's provider takes the whole model as one operator of its own.
        ([event("TRTKernel_graph_1", "float16", provider=CUDA)], ""),
        ([event("MatMul", "float", provider=CUDA)], ""),
        ([event("MatMul", "float", name="node_fence_before"), {"cat": "Session", "name": "model_run"}], ""),
        ([event("MatMul")], ""),
        ([], ""),
    ],
)
def test_it_is_that_of_the_heavy_operators_of_the_provider(events: list[dict[str, Any]], precision: str):
    assert precision_in(events, CPU) == precision


def test_what_is_not_told_is_not_refused():
    check_precision("fp16", "", CUDA)
    check_precision("", "fp32", CPU)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, BuiltModel]:
    """tiny-vision in three precisions."""
    source, folder = build("tiny-vision"), tmp_path_factory.mktemp("models")
    calibration = [{"image": np.random.default_rng(0).standard_normal((4, 3, 32, 32), dtype=np.float32)}]
    return {
        "fp32": source,
        "fp16": make_variant(source, recipe_for("fp16", ""), [], folder),
        "int8": make_variant(source, recipe_for("int8", "static"), calibration, folder),
        "dynamic int8": make_variant(source, recipe_for("int8", "dynamic"), [], folder),
    }


def opened(model: BuiltModel, precision: str, **changes: Any) -> Instance:
    asked = OpenSpec(str(model.path), str(available_cores()[0]), precision, "host", None, 1, {})
    return OnnxRuntimeRunner().open(replace(asked, **changes))


def once(instance: Instance, slot: int = 0) -> dict[str, np.ndarray]:
    instance.slots[slot].load(draw_inputs(instance.signature, (), 2, 1))
    instance.slots[slot].run()
    return instance.slots[slot].outputs()


@pytest.mark.parametrize(
    ("model", "ran"), [("fp32", "fp32"), ("int8", "int8"), ("dynamic int8", "int8")], ids=lambda name: name
)
def test_it_is_known_after_the_first_answer(model: str, ran: str, models: dict[str, BuiltModel]):
    instance = opened(models[model], ran)
    assert instance.ran.precision == ""
    once(instance)
    assert instance.ran.precision == ran


def test_a_quantised_model_is_not_fp32(models: dict[str, BuiltModel]):
    with pytest.raises(Unsupported, match=r"--precision fp32: onnxruntime's CPUExecutionProvider has run .* in int8"):
        once(opened(models["int8"], "fp32"))


def runs_fp16_between_casts(model: Path) -> bool:
    """By the graph that onnxruntime makes of the file, as other providers and processors have kernels for it."""
    import onnx

    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(model.with_suffix(".optimised"))
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    onnxruntime.InferenceSession(str(model), options, providers=[CPU])
    graph = onnx.load(options.optimized_model_filepath).graph
    return any(node.name.startswith("InsertedPrecisionFreeCast") for node in graph.node)


def test_fp16_that_runs_between_casts_is_refused_and_told_to_be_fp32(models: dict[str, BuiltModel]):
    if not runs_fp16_between_casts(models["fp16"].path):
        pytest.skip("this processor has kernels for fp16")
    with pytest.raises(Unsupported) as refusal:
        once(opened(models["fp16"], "fp16"))
    assert str(refusal.value) == (
        "--precision fp16: onnxruntime's CPUExecutionProvider has run the model's products in fp32 between casts; give "
        "--precision fp32, or a provider or runner that computes in fp16."
    )
    instance = opened(models["fp16"], "")
    once(instance)
    assert instance.ran.precision == "fp32"


@pytest.mark.parametrize("slot", [0, 1])
def test_no_request_is_profiled_but_the_first(
    slot: int, models: dict[str, BuiltModel], tmp_path: Path, monkeypatch: Any
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    instance = opened(models["fp32"], "fp32", slots=2)
    assert len(list(tmp_path.iterdir())) == 1
    instance.slots[slot].load(draw_inputs(instance.signature, (), 2, 1))
    instance.slots[slot].run()
    # Nobody took the first answer.
    instance.slots[slot].run()
    assert not list(tmp_path.iterdir())
    assert instance.ran.precision == "fp32"
    assert once(instance, 1 - slot)


def test_a_session_that_never_ran_leaves_nothing(models: dict[str, BuiltModel], tmp_path: Path, monkeypatch: Any):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    opened(models["fp32"], "fp32").close()
    assert not list(tmp_path.iterdir())
