"""The onnxruntime runner on accelerators that are not here, over a stand-in of builds for them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from standin_sdks import DIMENSIONS, ONNXRUNTIME, entries, importable, write_model

from clipperf.errors import Unsupported
from clipperf.runners.base import Instance, OpenSpec
from clipperf.runners.onnxruntime import OnnxRuntimeRunner
from clipperf.runners.onnxruntime_providers import PROVIDERS

RUNNER = OnnxRuntimeRunner()
CPU, CUDA, TENSORRT = (PROVIDERS[short].name for short in ("cpu", "cuda", "tensorrt"))
IMAGE = np.random.RandomState(3).standard_normal((2, *DIMENSIONS)).astype(np.float32)


@pytest.fixture
def build(tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """A build with all providers; its environment may be changed before the first session."""
    with importable(ONNXRUNTIME, tmp_path / "device") as patch:
        patch.setenv("CLIPPERF_CACHE", str(tmp_path / "cache"))
        yield patch


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model of any batch size: one heavy operator, and arithmetic on the open size."""
    path = write_model(tmp_path, "onnxruntime")
    described = json.loads(path.read_text(encoding="utf-8"))
    described["nodes"] = {"MatMul": 10, "LayerNormalization": 4, "Shape": 3}
    described["not_taken"] = {CUDA: ["Shape"], TENSORRT: ["LayerNormalization", "Shape"]}
    path.write_text(json.dumps(described), encoding="utf-8")
    return path


def spec(model: Path, provider: str, *, device: str = "1", slots: int = 1, **changes: Any) -> OpenSpec:
    options = {"provider": provider, **changes.pop("options", {})}
    return replace(OpenSpec(str(model), device, "fp32", "host", 2, slots, options), **changes)


def opened(model: Path, provider: str, **changes: Any) -> Instance:
    asked = spec(model, provider, **changes)
    RUNNER.check_options(asked.options)
    return RUNNER.open(asked)


def answer(instance: Instance, slot: int = 0, image: np.ndarray = IMAGE) -> np.ndarray:
    instance.slots[slot].load({"image": image})
    instance.slots[slot].run()
    return instance.slots[slot].outputs()["embed"]


def given() -> dict[str, dict[str, str]]:
    """What the latest session was given for its providers."""
    return sys.modules["onnxruntime"].InferenceSession.opened[-1]


@pytest.mark.parametrize("word", ["cuda", "CUDA", CUDA])
def test_a_provider_gets_the_device_by_its_number(word: str, build, model: Path):
    instance = opened(model, word)
    assert given() == {CUDA: {"device_id": "1", "use_tf32": "False"}}
    assert instance.ran.provider == CUDA


@pytest.mark.parametrize(
    ("provider", "options", "there"),
    [
        ("cuda", {"cuda.cudnn_conv_algo_search": "HEURISTIC"}, {"cudnn_conv_algo_search": "HEURISTIC"}),
        ("cuda", {"cuda.gpu_mem_limit": 2048}, {"gpu_mem_limit": "2048"}),
        ("tensorrt", {"trt.trt_max_workspace_size": 4096}, {"trt_max_workspace_size": "4096"}),
        ("trt", {"tensorrt.trt_auxiliary_streams": -1}, {"trt_auxiliary_streams": "-1"}),
        ("cann", {"cann.enable_cann_graph": "false"}, {"enable_cann_graph": "False"}),
        ("migraphx", {"migraphx.migraphx_exhaustive_tune": 1}, {"migraphx_exhaustive_tune": "True"}),
        ("directml", {"dml.disable_metacommands": "TRUE"}, {"disable_metacommands": "True"}),
    ],
)
def test_settings_reach_the_provider_by_its_own_names(
    provider: str, options: dict[str, Any], there: dict[str, str], build, model: Path
):
    if provider in ("tensorrt", "trt"):
        provider += "+cuda"
    answer(opened(model, provider, options=options))
    assert there.items() <= next(iter(given().values())).items()


@pytest.mark.parametrize(
    ("provider", "option", "sentence"),
    [
        ("cuda", "cuda.cudnn_conv_algo_search=exhaustive", "=exhaustive: give one of EXHAUSTIVE, HEURISTIC, DEFAULT."),
        ("cuda", "cuda.gpu_mem_limit=2GB", "=2GB: give a whole number."),
        ("tensorrt", "trt.trt_fp16_enable=maybe", "=maybe: give true or false."),
        ("cuda", "cuda.user_compute_stream=140234", "an address in the memory of a process"),
        ("cuda", "cuda.device_id=1", "the device is what --device names"),
        ("openvino", "openvino.device_type=GPU", "the device is what --device names"),
        ("cuda", "trt.trt_fp16_enable=true", "the session has no tensorrt, only cuda"),
        ("directml", "directml.disable_metacomands=true", "has no such setting, and would ignore it; it takes"),
        ("cpu", "cpu.use_arena=1", "has no such setting, and would ignore it; it takes none."),
        ("cuda", "cudda.use_tf32=0", "neither a provider .* nor a family of onnxruntime's configuration"),
        ("directml", "execution_mode=parallel", "DirectML executes in sequence only"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_runs(provider: str, option: str, sentence: str):
    key, _, value = option.partition("=")
    with pytest.raises(Unsupported, match=f"^--option {key}.*{sentence}"):
        RUNNER.check_options({"provider": provider, key: value})


def test_a_setting_by_two_names_of_its_provider_is_refused():
    with pytest.raises(Unsupported, match="it is given twice, by two names of one provider"):
        RUNNER.check_options({"provider": "tensorrt", "trt.trt_fp16_enable": 1, "tensorrt.trt_fp16_enable": 0})


def test_what_only_onnxruntime_can_judge_is_named_in_its_words(build, model: Path):
    with pytest.raises(Unsupported, match=r"--option cuda\.no_such: onnxruntime does not take it: Unknown provider"):
        opened(model, "cuda", options={"cuda.no_such": 1})


def test_a_setting_that_was_silently_replaced_is_refused(build, model: Path):
    with pytest.raises(Unsupported, match=r"cuda\.gpu_mem_limit=1000: onnxruntime silently took 768; give that"):
        opened(model, "cuda", options={"cuda.gpu_mem_limit": 1000})


@pytest.mark.parametrize("order", ["cpu+cuda", "cuda+cuda", "tensorrt+trt", "cuda+cuder", ""])
def test_an_order_that_cannot_be_is_refused(order: str):
    with pytest.raises(Unsupported, match=f"--option provider={order.replace('+', '.')}: "):
        RUNNER.check_options({"provider": order})


def test_a_provider_that_could_not_be_loaded_is_not_replaced_by_the_cpu(build, model: Path):
    build.setenv("STANDIN_ABSENT", CUDA)
    with pytest.raises(Unsupported, match=f"{CUDA} was asked for and onnxruntime silently took {CPU}"):
        opened(model, "cuda")


@pytest.mark.parametrize("provider", ["cuda", "tensorrt+cuda"])
def test_cuda_is_found_where_it_was_installed_as_a_package(provider: str, build, model: Path):
    build.setenv("STANDIN_CUDA", "package")
    assert opened(model, provider).ran.provider.startswith(CUDA if provider == "cuda" else TENSORRT)


def test_a_device_that_is_not_there_is_not_replaced_by_the_cpu(build, model: Path):
    with pytest.raises(Unsupported, match=f"silently took {CPU}; see the case's log"):
        opened(model, "cuda", device="7")


@pytest.mark.parametrize("release", ["1.31.1", "1.16.3"])
def test_nodes_that_nobody_asked_the_cpu_for_are_counted_and_refused(release: str, build, model: Path):
    build.setenv("STANDIN_ORT", release)
    sentence = rf"provider=cuda: 3 of 17 nodes \(3 Shape\) would run on {CPU}.* allow it by --option provider=cuda\+cpu"
    with pytest.raises(Unsupported, match=sentence):
        answer(opened(model, "cuda", batch_size=None))


def test_nodes_may_be_left_to_the_next_provider_where_that_is_asked_for(build, model: Path):
    instance = opened(model, "tensorrt+cuda+cpu", batch_size=None)
    assert instance.ran.provider == f"{TENSORRT} 10 nodes, {CUDA} 4 nodes, {CPU} 3 nodes"


def test_the_batch_is_fixed_when_the_session_opens_so_that_no_size_is_left_to_the_cpu(build, model: Path):
    instance = opened(model, "cuda")
    assert instance.signature.inputs[0].shape == (2, *DIMENSIONS)
    assert not RUNNER.takes_any_batch(str(model), {"provider": "cuda"})
    assert RUNNER.takes_any_batch(str(model), {})


def copies(model: Path, folder: Path, scope: str, runs: int) -> list[int]:
    """How many entries the ledger got of copies in and out; the last one that a device keeps comes with the next."""
    before = [len(entries(folder, kind)) for kind in ("h2d", "d2h")] if (folder / "ledger").exists() else [0, 0]
    (slot,) = opened(model, "cuda", scope=scope).slots
    slot.load({"image": IMAGE})
    for _ in range(runs):
        slot.run()
    slot.outputs()
    slot.load({"image": IMAGE})
    return [len(entries(folder, kind)) - had for kind, had in zip(("h2d", "d2h"), before, strict=True)]


@pytest.mark.parametrize(("scope", "in_each"), [("host", 1), ("device-io", 0)])
def test_each_request_copies_in_and_out_at_scope_host_only(
    scope: str, in_each: int, build, model: Path, tmp_path: Path
):
    _, three, six = (copies(model, tmp_path / "device", scope, runs) for runs in (1, 3, 6))
    assert [more - fewer for more, fewer in zip(six, three, strict=True)] == [3 * in_each] * 2


def test_stages_hold_what_the_device_did(build, model: Path, tmp_path: Path):
    (slot,) = opened(model, "cuda").slots
    slot.load({"image": IMAGE})
    for _ in range(3):
        slot.run()
    told = slot.stage_ns()
    slot.load({"image": IMAGE})
    truths = [answered - began for began, answered in entries(tmp_path / "device", "compute")]
    assert len(truths) == 3
    assert all(told_ns >= true_ns for told_ns, true_ns in zip(told["compute"], truths, strict=True))
    assert set(told) == {"copy_in", "compute", "copy_out"}


@pytest.mark.parametrize("provider", ["cuda", "tensorrt+cuda", "cann", "migraphx", "directml"])
@pytest.mark.parametrize("scope", ["host", "device-io"])
def test_every_provider_gives_the_same_answers(provider: str, scope: str, build, model: Path):
    if (provider, scope) == ("cann", "device-io"):
        with pytest.raises(Unsupported, match="cannot write to a tensor in the memory cann"):
            answer(opened(model, provider, scope=scope))
        return
    expected = answer(opened(model, "cuda", options={"io": "arrays"}))
    np.testing.assert_array_equal(answer(opened(model, provider, scope=scope)), expected)


def test_memory_that_a_build_cannot_reach_is_named(build, model: Path):
    build.setenv("STANDIN_PROVIDERS", "MIGraphXExecutionProvider")
    build.setenv("STANDIN_ORT", "1.22.0")
    with pytest.raises(Unsupported, match=r"cannot put a tensor into the memory cuda of device 1 .* io=arrays"):
        answer(opened(model, "migraphx", scope="device-io"))


@pytest.mark.parametrize("option", ["cuda.enable_cuda_graph", "tensorrt.trt_cuda_graph_enable"])
def test_a_captured_graph_keeps_its_tensors_and_sees_new_inputs(option: str, build, model: Path):
    provider = option.partition(".")[0]
    order = "tensorrt+cuda" if provider == "tensorrt" else provider
    instance, plain = opened(model, order, options={option: "true"}), opened(model, order)
    for seed in range(3):
        image = np.random.RandomState(seed).standard_normal(IMAGE.shape).astype(np.float32)
        np.testing.assert_array_equal(answer(instance, image=image), answer(plain, image=image))


@pytest.mark.parametrize(
    ("provider", "options", "slots", "release", "sentence"),
    [
        ("directml", {}, 2, "1.31.1", "--queue-depth 2: one request at a time may run on a session of DirectML"),
        ("cuda", {"cuda.enable_cuda_graph": "true"}, 2, "1.31.1", "captures the tensors of one request"),
        ("cuda", {"cuda.enable_cuda_graph": "true", "io": "arrays"}, 1, "1.31.1", "take --option io=binding"),
        ("tensorrt+cuda", {}, 2, "1.16.3", "1.16.3 may answer wrongly .* until 1.17"),
        ("cuda", {}, 1, "1.11.1", "keeps the interpreter's lock while it runs bound tensors, until 1.12"),
    ],
)
def test_what_a_provider_or_release_cannot_run_rightly_is_refused(
    provider: str, options: dict[str, str], slots: int, release: str, sentence: str, build, model: Path
):
    build.setenv("STANDIN_ORT", release)
    with pytest.raises(Unsupported, match=sentence):
        opened(model, provider, options=options, slots=slots)


@pytest.mark.parametrize(
    ("provider", "options", "release", "ran"),
    [
        ("cuda", {}, "1.31.1", "fp32"),
        ("cuda", {"cuda.use_tf32": "true"}, "1.31.1", ""),
        ("cuda", {}, "1.17.3", ""),
        ("tensorrt+cuda", {}, "1.31.1", ""),
        ("openvino", {}, "1.31.1", ""),
        ("directml", {}, "1.31.1", ""),
        ("migraphx", {}, "1.31.1", ""),
        ("cann", {}, "1.31.1", ""),
        ("cann", {"cann.precision_mode": "allow_fp32_to_fp16"}, "1.31.1", ""),
        ("cann", {"cann.precision_mode": "force_fp32"}, "1.31.1", "fp32"),
    ],
)
def test_the_precision_that_ran_is_told_where_the_provider_tells_it(
    provider: str, options: dict[str, str], release: str, ran: str, build, model: Path
):
    build.setenv("STANDIN_ORT", release)
    instance = opened(model, provider, device="0", options=options)
    answer(instance)
    assert instance.ran.precision == ran


def test_another_precision_than_the_cases_is_refused(build, model: Path):
    with pytest.raises(Unsupported, match=r"--precision fp32: onnxruntime's CANN.* in fp16"):
        answer(opened(model, "cann", options={"cann.precision_mode": "force_fp16"}))
    with pytest.raises(Unsupported, match="trt_fp16_enable=true: the case asks for --precision fp32; give --precision"):
        opened(model, "tensorrt+cuda", options={"trt.trt_fp16_enable": "true"})


@pytest.mark.parametrize(("precision", "flag"), [("fp16", "trt_fp16_enable"), ("int8", "trt_int8_enable")])
def test_tensorrt_is_allowed_the_precision_of_the_case(precision: str, flag: str, build, model: Path):
    opened(model, "tensorrt+cuda", precision=precision)
    assert given()[TENSORRT][flag] == "True"


def test_engines_lie_in_the_cache_in_a_folder_for_all_that_they_depend_on(build, model: Path, tmp_path: Path):
    folders = []
    for changes in ({}, {}, {"batch_size": 4}, {"device": "0"}, {"options": {"trt.trt_auxiliary_streams": 2}}):
        opened(model, "tensorrt+cuda", **changes)
        assert given()[TENSORRT]["trt_engine_cache_enable"] == "True"
        folders.append(Path(given()[TENSORRT]["trt_engine_cache_path"]))
    assert all(folder.is_dir() and tmp_path / "cache" in folder.parents for folder in folders)
    assert folders[0] == folders[1]
    assert len(set(folders)) == 4


def test_engines_are_built_anew_where_that_is_asked_for(build, model: Path):
    opened(model, "tensorrt+cuda", options={"trt.trt_engine_cache_enable": "false"})
    assert given()[TENSORRT]["trt_engine_cache_enable"] == "False"
    assert "trt_engine_cache_path" not in given()[TENSORRT]


def test_openvino_gets_cores_and_properties_of_its_plugin(build, model: Path):
    opened(model, "openvino", device="0", options={"openvino.NUM_STREAMS": 2})
    told = given()["OpenVINOExecutionProvider"]
    properties = {"INFERENCE_PRECISION_HINT": "f32", "NUM_STREAMS": "2", "INFERENCE_NUM_THREADS": "1"}
    assert told["device_type"] == "CPU"
    assert json.loads(told["load_config"]) == {"CPU": properties}
    opened(model, "openvino", device="GPU.1")
    told = given()["OpenVINOExecutionProvider"]
    assert told["device_type"] == "GPU.1"
    assert json.loads(told["load_config"]) == {"GPU": {"INFERENCE_PRECISION_HINT": "f32"}}


def test_openvinos_device_is_a_set_of_cores_or_a_plugins_name():
    assert RUNNER.cores("0", {"provider": "openvino"}) == (0,)
    assert RUNNER.cores("NPU", {"provider": "openvino"}) is None
    with pytest.raises(Unsupported, match="--device CPU: give a set of cores for OpenVINO's CPU plugin"):
        RUNNER.cores("CPU", {"provider": "openvino"})
