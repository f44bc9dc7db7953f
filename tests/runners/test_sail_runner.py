"""The sail runner's own rules: forms, scales, shapes, nets and lists of cores, and what it makes of SAIL's failures."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from standin_sdks import DIMENSIONS, Sdk, importable

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.runners.base import Instance, OpenSpec
from clipperf.runners.sail import SailRunner
from clipperf.runners.sail_slots import SailFailed, spoken_failure

IMAGE = np.random.default_rng(3).uniform(-2, 2, (2, *DIMENSIONS)).astype(np.float32)
SCALE_IN, SCALE_OUT = 60.0, 1 / 120
"""Of a quantised model: ±2 × 60 fits into int8, and so do answers within ±1 × 120."""


@pytest.fixture
def patch(tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    with importable(Sdk("sail"), tmp_path / "device") as found:
        yield found


def net(dtype: str = "float32", out: str = "", rows: int = -1, **more: Any) -> dict[str, Any]:
    """A net of an image and an embedding, for 1 to 4 samples or just so many."""
    is_int = dtype in ("int8", "uint8")
    image = {"name": "image", "dtype": dtype, "shape": [rows, *DIMENSIONS], **({"scale": SCALE_IN} if is_int else {})}
    out = out or dtype
    scaled = {"scale": SCALE_OUT} if out in ("int8", "uint8") else {}
    return {
        "inputs": [image],
        "outputs": [{"name": "embed", "dtype": out, "shape": [rows, 6], **scaled}],
        "gears": [1, 2, 3, 4] if rows < 0 else [],
        **more,
    }


@pytest.fixture
def opened(patch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., Instance]]:
    """Opens a described file; what was opened is closed."""
    instances = []

    def open_it(described: dict[str, Any], scope: str = "host", slots: int = 1, **options: Any) -> Instance:
        path = tmp_path / "model.bmodel"
        path.write_text(json.dumps(described), encoding="utf-8")
        runner = SailRunner()
        runner.check_options(options)
        instances.append(runner.open(OpenSpec(str(path), "0", "", scope, None, slots, options)))
        return instances[-1]

    yield open_it
    for instance in instances:
        instance.close()


def answer(instance: Instance, image: np.ndarray = IMAGE) -> np.ndarray:
    slot = instance.slots[0]
    slot.load({"image": image.astype(instance.signature.inputs[0].dtype)})
    slot.run()
    (embed,) = slot.outputs().values()
    return embed


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    one, other = one.astype(float).ravel(), other.astype(float).ravel()
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


FORMS = pytest.mark.parametrize(("scope", "io"), [("host", "tensor"), ("device-io", "tensor"), ("host", "numpy")])


@FORMS
def test_the_runner_s_own_way_with_a_quantised_model_is_right(scope: str, io: str, opened):
    reference = answer(opened(net()))
    got = answer(opened(net("int8"), scope, io=io))
    assert got.dtype == np.float32
    assert cosine(got, reference) > 0.999
    assert np.abs(got - reference).max() < 0.05


def test_numbers_that_are_scaled_twice_in_the_numpy_form_are_wrong(opened, tmp_path: Path):
    reference = answer(opened(net()))
    engine = engine_of(opened(net("int8"), io="numpy"), "SYSIO", tmp_path)
    right = engine.process("net", {"image": IMAGE})["embed"]
    wrong = engine.process("net", {"image": IMAGE * np.float32(SCALE_IN)})["embed"]
    assert cosine(right, reference) > 0.999
    assert cosine(wrong, reference) < 0.9


def test_numbers_that_are_not_scaled_in_the_tensor_form_are_wrong(opened, tmp_path: Path):
    reference = answer(opened(net()))
    engine = engine_of(opened(net("int8")), "DEVIO", tmp_path)
    right, wrong = (by_tensors(engine, array) for array in (np.rint(IMAGE * SCALE_IN), IMAGE))
    assert cosine(right, reference) > 0.999
    assert cosine(wrong, reference) < 0.9


def engine_of(instance: Instance, mode: str, folder: Path) -> Any:
    """SAIL itself, without the runner, with the file that it has open."""
    del instance
    sail = sys.modules["sophon.sail"]
    return sail.Engine(str(folder / "model.bmodel"), 0, sail.IOMode[mode])


def by_tensors(engine: Any, array: np.ndarray) -> np.ndarray:
    sail = sys.modules["sophon.sail"]
    handle, types = engine.get_handle(), sail.Dtype
    image = sail.Tensor(handle, list(array.shape), types.BM_INT8, True, True)
    embed = sail.Tensor(handle, [len(array), 6], types.BM_INT8, True, True)
    image.update_data(array.astype(np.int8))
    image.sync_s2d()
    engine.process("net", {"image": image}, {"embed": embed})
    embed.sync_d2s()
    return embed.asnumpy() * SCALE_OUT


@FORMS
def test_ids_of_tokens_arrive_as_they_are(scope: str, io: str, opened):
    tokens = np.random.default_rng(1).integers(0, 3, (2, *DIMENSIONS))
    instance = opened(net("int32", "float32"), scope, io=io)
    assert instance.signature.inputs[0].dtype == "int32"
    once, other = answer(instance, tokens), answer(instance, tokens + 1)
    np.testing.assert_allclose(once, answer(opened(net("float32")), tokens.astype(np.float32)), atol=1e-5)
    assert not np.allclose(once, other)


@pytest.mark.parametrize(("kind", "dtype"), [("float16", "float16"), ("bfloat16", "float32")])
@pytest.mark.parametrize("scope", ["host", "device-io"])
def test_half_precision_goes_through_the_tensor_form(kind: str, dtype: str, scope: str, opened):
    instance = opened(net(kind), scope)
    assert instance.signature.inputs[0].dtype == dtype
    assert cosine(answer(instance), answer(opened(net()))) > 0.999


@pytest.mark.parametrize(("dtype", "out"), [("float16", "float32"), ("float32", "float16"), ("bfloat16", "float32")])
def test_types_of_which_sail_makes_no_float32_are_refused_in_the_numpy_form(dtype: str, out: str, opened):
    with pytest.raises(Unsupported, match=r"--option io=numpy: (image|embed) holds BM_B?FLOAT16, of which SAIL"):
        opened(net(dtype, out), io="numpy")


def test_the_numpy_form_is_for_one_request_on_the_host(opened):
    with pytest.raises(Unsupported, match=r"--option io=numpy: .*not scope device-io"):
        opened(net(), "device-io", io="numpy")
    with pytest.raises(Unsupported, match=r"--queue-depth 2: with --option io=numpy SAIL keeps the interpreter's lock"):
        opened(net(), slots=2, io="numpy")


@FORMS
@pytest.mark.parametrize("with_word", [True, False], ids=["says-dynamic", "too-old-to-say"])
def test_a_dynamic_net_takes_up_to_its_largest(scope: str, io: str, with_word: bool, opened, patch: pytest.MonkeyPatch):
    instance = opened(net(), scope, io=io)
    if not with_word:
        patch.delattr("sophon.sail.Engine.graph_is_dynamic")
        instance = opened(net(), scope, io=io)
    for rows in (4, 1, 3):
        assert answer(instance, np.resize(IMAGE, (rows, *DIMENSIONS))).shape == (rows, 6)
    with pytest.raises(Unsupported, match=r"Input image takes \(4, 3, 4, 4\) at most, \(5, 3, 4, 4\) was asked for"):
        answer(instance, np.resize(IMAGE, (5, *DIMENSIONS)))


@FORMS
def test_a_static_net_takes_the_sizes_that_it_was_compiled_for(scope: str, io: str, opened):
    instance = opened(net(rows=4, stages=[1, 4]), scope, io=io)
    assert instance.signature.inputs[0].shape == (None, *DIMENSIONS)
    for rows in (1, 4):
        assert answer(instance, np.resize(IMAGE, (rows, *DIMENSIONS))).shape == (rows, 6)
    with pytest.raises(Unsupported, match=r"not compiled for image \(2, 3, 4, 4\) \(.+\); the largest is image \(4, "):
        answer(instance, IMAGE)


def test_a_net_of_one_sample_has_a_fixed_batch(opened):
    assert opened(net(rows=1)).signature.inputs[0].shape == (1, *DIMENSIONS)


def test_of_several_nets_one_has_to_be_named(opened):
    nets = {"nets": {"vision": net(), "text": net("int32", "float32")}}
    assert opened(nets, graph="text").signature.inputs[0].dtype == "int32"
    with pytest.raises(Unsupported, match=r"name one by --option graph=vision\|text"):
        opened(nets)
    # SAIL itself would end the process.
    with pytest.raises(Unsupported, match="--option graph=tex: the file holds vision, text"):
        opened(nets, graph="tex")


def test_a_missing_input_is_no_old_one(opened):
    with pytest.raises(KeyError, match="image"):
        opened(net()).slots[0].load({"picture": IMAGE})


def test_arrays_of_the_caller_are_left_alone(opened):
    image = np.asfortranarray(IMAGE)
    for io in ("numpy", "tensor"):
        instance = opened(net(), io=io)
        instance.slots[0].load({"image": image})
        instance.slots[0].run()
        np.testing.assert_array_equal(image, IMAGE)
        np.testing.assert_allclose(instance.slots[0].outputs()["embed"], answer(instance), rtol=1e-6)


@FORMS
def test_a_launch_that_fails_raises_although_sail_only_says_so(scope: str, io: str, opened, patch: pytest.MonkeyPatch):
    instance = opened(net(), scope, io=io)
    answer(instance)
    patch.setenv("STANDIN_FAILS", "execute")
    with pytest.raises(SailFailed, match=r"^process: bmrt_launch_tensor_ex\(\) err$"):
        instance.slots[0].run()


class Said:
    """What came since the last question."""

    def __init__(self, text: str) -> None:
        self._text = text

    def fresh(self) -> str:
        return self._text


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        ("[2026-11-20 22:56:41.640] [error] bmodel /nope/x does not exist\n", "bmodel /nope/x does not exist"),
        ("[BMODEL][ModelCtx:534] FATAL: File[/b] is broken ..\n[error] Load", "FATAL: File[/b] is broken .."),
        ("[BMRT][check_launch_params:1044] WRONG:input tensor[0] may", "WRONG:input tensor[0] may"),
        (
            "[2026-11-20 23:02:45.663] [error] [graph.cpp:724] bmrt_launch_tensor_ex() err",
            "bmrt_launch_tensor_ex() err",
        ),
        ("ERROR: don't support dtype=1 now!", "ERROR: don't support dtype=1 now!"),
        (
            "ASSERT /workspace/libsophon/bmlib/src/bmlib_device.cpp: 608",
            "ASSERT /workspace/libsophon/bmlib/src/bmlib_devi",
        ),
        ("[BMRT][load_bmodel:1704] INFO:Loading bmodel from [/a].\nusing 1 terror of an error", ""),
        ("", ""),
    ],
)
def test_lines_that_tell_of_a_failure_are_those_that_sail_and_its_runtime_printed(said: str, failure: str):
    """As recorded over Sophon's simulator."""
    found = spoken_failure(Said(said))
    assert found.startswith(failure) if failure else found == ""


def test_what_sail_printed_is_in_what_is_raised(patch: pytest.MonkeyPatch, tmp_path: Path):
    with pytest.raises(SailFailed, match=r"^invalid bmodel \(FATAL: File\[.*none.bmodel\] is broken"):
        SailRunner().open(OpenSpec(str(tmp_path / "none.bmodel"), "0", "", "host", None, 1))


def test_lists_of_cores_are_refused_where_sail_ignores_them(patch: pytest.MonkeyPatch, opened):
    with pytest.raises(Unsupported, match=r"--option core_list=0:1: this build of SAIL ignores lists of cores"):
        opened(net(), core_list="0:1")


@FORMS
def test_lists_of_cores_reach_a_build_that_honours_them(
    scope: str, io: str, opened, patch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
):
    patch.setenv("STANDIN_SAIL", "bm1688")
    instance = opened(net(), scope, io=io, core_list="0:1")
    answer(instance)
    assert "cores [0, 1]" in capfd.readouterr().out
    assert instance.ran.provider == f"BM1688 {io}"


@pytest.mark.parametrize("value", ["0,1", "zero", "", "0:"])
def test_a_list_of_cores_has_one_form(value: str, patch: pytest.MonkeyPatch):
    with pytest.raises(Unsupported, match=f"--option core_list={value}: give the numbers"):
        SailRunner().check_options({"core_list": value})


def test_a_form_has_one_of_two_names(patch: pytest.MonkeyPatch):
    with pytest.raises(Unsupported, match="--option io=torch: take one of tensor, numpy"):
        SailRunner().check_options({"io": "torch"})


@pytest.mark.parametrize("name", ["SAIL_SAVE_IO_TENSORS", "BMRUNTIME_ENABLE_PROFILE"])
def test_what_makes_sail_write_files_meanwhile_is_refused(name: str, opened, patch: pytest.MonkeyPatch):
    patch.setenv(name, "0")
    opened(net())
    patch.setenv(name, "1")
    with pytest.raises(Unsupported, match=f"{name} makes SAIL write files"):
        opened(net())


def test_memory_of_the_device_that_runs_out_is_told_as_that(opened, patch: pytest.MonkeyPatch):
    instance = opened(net())
    patch.setenv("STANDIN_FAILS", "memory")
    with pytest.raises(MemoryError, match="no enough device memory"):
        answer(instance)


def test_the_build_and_the_devices_are_told(patch: pytest.MonkeyPatch):
    patch.setenv("STANDIN_DEVICES", "3")
    probe = SailRunner().probe()
    assert probe.version == "master(20240805_103000)"
    assert probe.devices == ("0", "1", "2")
    assert probe.libraries["honours core lists"] == "false"


def test_without_driver_or_device_the_runner_says_where_to_look(patch: pytest.MonkeyPatch):
    patch.setenv("STANDIN_DEVICES", "0")
    with pytest.raises(RunnerUnavailable, match="SAIL finds no TPU here; look at what bm-smi says"):
        SailRunner().probe()
    patch.setenv("STANDIN_FAILS", "driver")
    with pytest.raises(RunnerUnavailable, match=r"cannot count the devices \(bm_dev_getcount failed\)"):
        SailRunner().probe()
