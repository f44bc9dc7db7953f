"""The contract of clipperf/runners/base.py, held by every runner of the table, by those of vendors over stand-ins."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from standin_sdks import OF_ONE_BATCH, ONNXRUNTIME, OPTIONS, SDKS, TORCH, VDSP_PARAMS, Sdk, importable, write_model

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.models import build
from clipperf.models.torchscript import build_torchscript
from clipperf.runners import TABLE, load_runner
from clipperf.runners.base import ANY_ENDING, FILE_PREFIX, Abilities, Instance, OpenSpec, Runner
from clipperf.runners.inputs import draw_inputs
from clipperf.worker.answers import check_answers

MODEL = "tiny-vision"
UNTOLD = ""
KNOWN_ANSWER = ("simulated", "null")
"""Their answers depend on nothing but the batch size."""

OUTPUTS_UNTOLD = ("torch_aie", "vacc")
"""Their files do not say what comes out."""

ONE_AT_A_TIME = {"numpy", "directml", "cuda.enable_cuda_graph"}
"""Options with which a runner that otherwise takes several requests takes one."""


@dataclass(frozen=True)
class Scene:
    """A runner in one of the ways in which it can be used; ``batch_size`` is None for a model of any batch."""

    runner: str
    scope: str = "host"
    sdk: Sdk | None = None
    batch_size: int | None = None
    options: dict[str, Any] = field(default_factory=dict)
    device: str = ""

    @property
    def label(self) -> str:
        kind = "any-batch" if self.batch_size is None else f"batch-{self.batch_size}"
        return "-".join([self.sdk.label if self.sdk else self.runner, self.scope, kind, *self.options])


SCENES = (
    Scene("onnxruntime"),
    Scene("onnxruntime", "device-io"),
    Scene("onnxruntime", options={"io": "binding"}),
    Scene("onnxruntime", "host", ONNXRUNTIME, 2, {"provider": "cuda"}),
    Scene("onnxruntime", "device-io", ONNXRUNTIME, 2, {"provider": "tensorrt"}),
    Scene("onnxruntime", "device-io", ONNXRUNTIME, 2, {"provider": "cuda", "cuda.enable_cuda_graph": "true"}),
    Scene("onnxruntime", "host", ONNXRUNTIME, 2, {"provider": "directml"}),
    Scene("openvino", batch_size=2),
    Scene("openvino", options={"shape": "dynamic"}),
    Scene("torch", batch_size=2),
    Scene("torch", batch_size=2, options={"mode": "eager"}),
    Scene("torch", batch_size=2, options={"mode": "compile", "compile_backend": "eager"}),
    *(Scene("torch", scope, sdk, 2, device=device) for device, sdk in TORCH.items() for scope in ("host", "device-io")),
    Scene("simulated"),
    Scene("null"),
    *(
        Scene(sdk.runner, scope, sdk, batch_size, OPTIONS.get(sdk.runner, {}))
        for sdk in SDKS
        for scope in ("host", "device-io")
        for batch_size in ((2,) if sdk.runner in OF_ONE_BATCH else (None, 2))
    ),
    *(Scene("sail", "host", Sdk("sail"), batch_size, {"io": "numpy"}) for batch_size in (None, 2)),
    Scene("vacc", "pipeline", Sdk("vacc"), 2, {"vdsp_params": str(VDSP_PARAMS)}),
    Scene("vacc", "pipeline", Sdk("vacc"), 2, {"vdsp_params": str(VDSP_PARAMS), "input_host": False}),
)


@pytest.fixture(scope="module", params=SCENES, ids=[scene.label for scene in SCENES])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One scene, its SDK on this process's path; what it imported is gone afterwards."""
    found: Scene = request.param
    if found.sdk is None:
        yield found
        return
    with importable(found.sdk, tmp_path_factory.mktemp("device")):
        yield found


@pytest.fixture(scope="module")
def name(scene: Scene) -> str:
    return scene.runner


@pytest.fixture(scope="module")
def runner(name: str) -> Runner:
    """The runner, skipped where what it needs is not here."""
    loaded = load_runner(name)
    try:
        loaded.probe()
    except RunnerUnavailable as error:
        pytest.skip(str(error))
    return loaded


@pytest.fixture(scope="module")
def spec(scene: Scene, runner: Runner, tmp_path_factory: pytest.TempPathFactory) -> OpenSpec:
    """One slot on the default device."""
    model = MODEL
    if scene.sdk is not None:
        model = str(write_model(tmp_path_factory.mktemp("model"), scene.runner, scene.batch_size))
    elif runner.probe().model_formats[:1] == (".pt",):
        model = str(build_torchscript(MODEL).path)
    elif runner.probe().model_formats:
        model = str(build(MODEL).path)
    abilities = runner.abilities(model)
    return OpenSpec(
        model=model,
        device=scene.device or runner.default_device(scene.options),
        precision="fp32" if "fp32" in abilities.precisions else min(abilities.precisions),
        scope=scene.scope,
        batch_size=scene.batch_size,
        slots=1,
        options=scene.options,
    )


@pytest.fixture(scope="module")
def slots(runner: Runner, spec: OpenSpec) -> int:
    """Three, or one where the runner takes one request at a time."""
    alone = ONE_AT_A_TIME & {*spec.options, *spec.options.values()}
    return 3 if runner.abilities(spec.model).concurrent_slots and not alone else 1


@pytest.fixture
def instance(runner: Runner, spec: OpenSpec, slots: int) -> Iterator[Instance]:
    """Opened with as many slots as can be had."""
    opened = runner.open(replace(spec, slots=slots))
    yield opened
    opened.close()


def inputs(instance: Instance, batch_size: int, seed: int = 1) -> dict[str, np.ndarray]:
    return draw_inputs(instance.signature, (), batch_size, seed)


def test_every_runner_of_the_table_has_a_scene():
    assert {scene.runner for scene in SCENES} == set(TABLE)


def answer(instance: Instance, batch_size: int, seed: int = 1, slot: int = 0) -> dict[str, np.ndarray]:
    instance.slots[slot].load(inputs(instance, batch_size, seed))
    instance.slots[slot].run()
    return instance.slots[slot].outputs()


def test_probe_tells_the_version_and_a_device(runner: Runner):
    probe = runner.probe()
    assert probe.version
    assert probe.default_device
    assert all(ending in (ANY_ENDING, FILE_PREFIX) or ending.startswith(".") for ending in probe.model_formats)
    assert all(isinstance(value, str) for value in probe.libraries.values())


def test_abilities_name_what_columns_hold(runner: Runner, spec: OpenSpec):
    abilities = runner.abilities(spec.model)
    assert isinstance(abilities, Abilities)
    assert spec.scope in abilities.scopes
    assert abilities.scopes <= {"host", "pipeline", "device-io", "compute"}
    assert abilities.precisions


def test_there_are_as_many_slots_as_asked_for(instance: Instance, slots: int):
    assert len(instance.slots) == slots


def test_signature_tells_names_dtypes_and_shapes(instance: Instance, name: str):
    tensors = [*instance.signature.inputs, *instance.signature.outputs]
    assert instance.signature.inputs
    assert bool(instance.signature.outputs) == (name not in OUTPUTS_UNTOLD)
    assert len({tensor.name for tensor in tensors}) == len(tensors)
    for tensor in tensors:
        np.dtype(tensor.dtype)
        assert all(dimension is None or dimension > 0 for dimension in tensor.shape)


def test_ran_tells_what_is_in_effect(instance: Instance, spec: OpenSpec):
    assert instance.ran.provider
    assert instance.ran.precision in (spec.precision, UNTOLD)


@pytest.mark.parametrize("batch_size", [1, 5])
def test_answers_have_the_shape_of_the_batch_and_pass_the_check(batch_size: int, instance: Instance, spec: OpenSpec):
    if spec.batch_size is not None:
        batch_size = spec.batch_size
    outputs = answer(instance, batch_size)
    assert all(len(output) == batch_size for output in outputs.values())
    check_answers(instance.signature, outputs, batch_size)


def test_the_batch_size_may_change_from_load_to_load(instance: Instance, spec: OpenSpec):
    if spec.batch_size is not None:
        pytest.skip("the batch is static")
    assert [len(next(iter(answer(instance, size).values()))) for size in (4, 1, 7)] == [4, 1, 7]


def test_the_same_input_gives_the_same_answer(instance: Instance):
    once, again = answer(instance, 2), answer(instance, 2)
    for output in once:
        np.testing.assert_array_equal(once[output], again[output])


def test_another_input_gives_another_answer(instance: Instance, name: str):
    if name in KNOWN_ANSWER:
        pytest.skip("its answer depends on the batch size alone")
    one, other = answer(instance, 2, seed=1), answer(instance, 2, seed=2)
    assert all(not np.allclose(one[output], other[output]) for output in one)


def test_outputs_belong_to_the_caller(instance: Instance):
    first = answer(instance, 2)
    kept = {name: output.copy() for name, output in first.items()}
    answer(instance, 2, seed=9)
    for name, output in first.items():
        np.testing.assert_array_equal(output, kept[name])


def test_a_slot_works_in_another_thread_than_the_one_that_loaded_it(instance: Instance):
    expected = answer(instance, 2)
    errors = []

    def work() -> None:
        try:
            instance.slots[0].run()
        except Exception as error:  # noqa: BLE001 (whatever an SDK raises)
            errors.append(error)

    for _ in range(2):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert not errors
    for output, values in instance.slots[0].outputs().items():
        np.testing.assert_array_equal(values, expected[output])


def test_stages_are_told_of_every_request_since_the_load_or_of_none(instance: Instance):
    slot = instance.slots[0]
    slot.load(inputs(instance, 2))
    for _ in range(3):
        slot.run()
    told = slot.stage_ns()
    assert set(told) <= {"preprocess", "copy_in", "compute", "copy_out"}
    for times_ns in told.values():
        assert len(times_ns) == 3
        assert all(0 < time_ns < 60e9 for time_ns in times_ns)


def test_slots_at_work_at_the_same_time_each_give_their_own_answer(instance: Instance, spec: OpenSpec):
    if len(instance.slots) == 1:
        pytest.skip("the runner takes one request at a time")
    sizes = [1, 2, 3] if spec.batch_size is None else [spec.batch_size] * 3
    expected = [answer(instance, size, seed=size) for size in sizes]
    for slot, size in zip(instance.slots, sizes, strict=True):
        slot.load(inputs(instance, size, seed=size))
    gate = threading.Barrier(len(sizes))

    def work(number: int) -> None:
        gate.wait()
        for _ in range(20):
            instance.slots[number].run()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(sizes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for slot, outputs in zip(instance.slots, expected, strict=True):
        for output, values in slot.outputs().items():
            np.testing.assert_allclose(values, outputs[output], rtol=1e-5)


def test_two_instances_answer_independently(runner: Runner, spec: OpenSpec):
    first, second = runner.open(spec), runner.open(spec)
    size = spec.batch_size or 2
    before = answer(first, size)
    answer(second, size, seed=5)
    first.close()
    after = answer(second, size)
    second.close()
    for output in before:
        np.testing.assert_array_equal(before[output], after[output])


def test_an_unknown_option_is_refused_by_name_with_the_valid_ones(runner: Runner):
    with pytest.raises(Unsupported, match=r"--option no_such_option: .* has no such option; it takes \w+"):
        runner.check_options({"no_such_option": 1})


def test_a_device_that_cannot_be_is_refused_by_name(scene: Scene, runner: Runner):
    if scene.runner in KNOWN_ANSWER:
        pytest.skip("it has any device")
    with pytest.raises(Unsupported, match="--device no-such"):
        runner.cores("no-such", {})


def test_an_instance_can_be_closed(runner: Runner, spec: OpenSpec):
    runner.open(spec).close()


def test_its_module_imports_no_sdk(name: str):
    module = TABLE[name].partition(":")[0]
    code = (
        f"import sys, importlib; before = set(sys.modules); importlib.import_module({module!r})\n"
        "print(*sorted({m.split('.')[0] for m in set(sys.modules) - before}))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    third_party = {top for top in loaded if top not in sys.stdlib_module_names and not top.startswith("_")}
    assert third_party <= {"clipperf", "numpy"}


def test_its_file_is_named_as_the_runner(name: str):
    module, _, class_name = TABLE[name].partition(":")
    assert module == f"clipperf.runners.{name}"
    assert class_name.endswith("Runner")
