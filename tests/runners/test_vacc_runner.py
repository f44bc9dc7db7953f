"""The vacc runner's own rules: what each scope takes and times, the preprocessing of CLIP's images, options."""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from standin_sdks import DIMENSIONS, VDSP_PARAMS, Sdk, importable

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.runners.base import Instance, OpenSpec
from clipperf.runners.vacc import VaccRunner
from clipperf.runners.vacc_clip import normalize_parameters, space_to_depth_parameters
from clipperf.runners.vacc_slots import VaccFailed

TENSORS = {"inputs": "3x4x4"}
TOKENS = {"inputs": "/".join(["80:int32"] * 6), "vdsp_params": str(VDSP_PARAMS)}


@pytest.fixture
def patch(tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    with importable(Sdk("vacc"), tmp_path / "device") as found:
        yield found


@pytest.fixture
def elfs(tmp_path: Path) -> dict[str, Any]:
    """The options of CLIP's image operators."""
    for name in ("normalize", "space_to_depth"):
        (tmp_path / name).write_bytes(b"\x7fELF")
    return {"norm_elf": str(tmp_path / "normalize"), "space2depth_elf": str(tmp_path / "space_to_depth")}


@pytest.fixture
def opened(patch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., Instance]]:
    """Opens a model of inputs of these dimensions for a batch size; what was opened is closed."""
    instances = []

    def open_it(
        scope: str, options: dict[str, Any], batch: int = 2, dims: tuple[int, ...] = DIMENSIONS, most: int = 8
    ) -> Instance:
        image = {"name": "image", "dtype": "float32", "shape": [-1, *dims]}
        out = [{"name": name, "dtype": "float32", "shape": [-1, size]} for name, size in (("a", 6), ("b", 3))]
        described = {"inputs": [image], "outputs": out, "gears": [most]}
        (tmp_path / "mod.json").write_text(json.dumps(described), encoding="utf-8")
        runner = VaccRunner()
        runner.check_options(options)
        instances.append(runner.open(OpenSpec(str(tmp_path / "mod"), "0", "", scope, batch, 1, options)))
        return instances[-1]

    yield open_it
    for instance in instances:
        instance.close()


def drawn(instance: Instance, batch: int = 2) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(5)
    return {
        tensor.name: generator.integers(0, 255, (batch, *tensor.shape[1:])).astype(tensor.dtype)
        for tensor in instance.signature.inputs
    }


def timed(instance: Instance, folder: Path, batch: int = 2) -> Counter[str]:
    """What the device did in a request, by kind."""
    slot = instance.slots[0]
    slot.load(drawn(instance, batch))
    before = kinds(folder)
    slot.run()
    done = kinds(folder) - before
    slot.outputs()
    return done


def kinds(folder: Path) -> Counter[str]:
    from standin_device import device

    device(0)._write_kept()
    ledger = (folder / "device" / "ledger").read_text(encoding="utf-8")
    return Counter(line.split()[0] for line in ledger.splitlines())


def test_the_clock_goes_round_what_the_scope_says(opened, tmp_path: Path):
    """Two samples of one input with two outputs each."""
    in_graph = {"vdsp_params": str(VDSP_PARAMS)}
    copies = {"h2d": 2, "compute": 1, "d2h": 4}
    assert timed(opened("host", TENSORS), tmp_path) == copies
    assert timed(opened("device-io", TENSORS), tmp_path) == {"compute": 1}
    assert timed(opened("pipeline", in_graph), tmp_path) == {**copies, "vdsp": 1}
    assert timed(opened("pipeline", {**in_graph, "input_host": False}), tmp_path) == {"compute": 1, "d2h": 4, "vdsp": 1}


def test_tokens_go_in_as_all_tensors_of_all_samples_at_once(opened, tmp_path: Path):
    instance = opened("pipeline", TOKENS, batch=3)
    assert [tensor.shape for tensor in instance.signature.inputs] == [(3, 80)] * 6
    assert timed(instance, tmp_path, 3) == {"h2d": 18, "vdsp": 1, "compute": 1, "d2h": 6}


def test_clip_s_images_go_through_its_operators_one_by_one(opened, elfs: dict[str, Any], tmp_path: Path):
    instance = opened("pipeline", elfs, batch=3, dims=(3, 224, 224), most=1)
    assert instance.signature.inputs[0].shape == (3, 224, 224, 3)
    done = timed(instance, tmp_path, 3)
    assert done == {"h2d": 3, "vdsp": 15, "compute": 3, "d2h": 6}
    at_device = opened("device-io", elfs, batch=3, dims=(3, 224, 224), most=1)
    assert timed(at_device, tmp_path, 3) == {"compute": 3}
    for one, other in zip(instance.slots[0].outputs().values(), at_device.slots[0].outputs().values(), strict=True):
        assert one.shape[0] == 3
        np.testing.assert_array_equal(one, other)


def test_clip_s_preprocessing_is_clip_s(opened, elfs: dict[str, Any], patch: pytest.MonkeyPatch):
    """What reaches the model: RGB, the shorter side to 224, from the middle, normalised, in patches of 32."""
    instance = opened("pipeline", {**elfs, "shape": "3x448x672"}, batch=1, dims=(3, 224, 224))
    image = drawn(instance, 1)["image"]
    seen = []
    patch.setattr("standin_device.Model.answer", lambda _, arrays: seen.extend(arrays) or [np.zeros((1, 6))] * 2)
    instance.slots[0].load({"image": image})
    instance.slots[0].run()
    # The stand-in resizes to the nearest pixel: every second one of 448 × 672, then 56 off each side.
    rgb = image[0, ::2, ::2, ::-1][:, 56:280].astype(float) / 255
    normal = (rgb - (0.48145466, 0.4578275, 0.40821073)) / (0.26862954, 0.26130258, 0.27577711)
    patches = normal.reshape(7, 32, 7, 32, 3).transpose(0, 2, 4, 1, 3).reshape(49, 3072)
    (matrix,) = seen
    assert matrix.shape == (1, 64, 4096)
    np.testing.assert_allclose(matrix[0, :49, :3072], patches, atol=0.01)
    assert not matrix[0, 49:].any()
    assert not matrix[0, :, 3072:].any()


def test_parameters_of_the_operators_are_those_of_the_vendor_s_sample():
    words = struct.unpack("<7Ii8H", normalize_parameters())
    assert words[:8] == (224, 224, 224, 224, 224, 224, 3, 2)
    assert words[8:] == (14260, 14163, 13960, 0, 13388, 13358, 13418, 0)
    assert struct.unpack("<23I", space_to_depth_parameters()) == (
        *(4, 1, 3, 224, 224, 1, 3, 224, 224, 0, 0, 32, 32),
        *(2, 49, 3072, 0, 0, 64, 4096, 0, 0, 1),
    )


def test_clip_s_operators_are_for_its_size_alone(opened, elfs: dict[str, Any]):
    with pytest.raises(Unsupported, match=r"images of 336x336; norm_elf and space2depth_elf are known for ViT-B/32 at"):
        opened("pipeline", elfs, dims=(3, 336, 336))


@pytest.mark.parametrize(
    ("scope", "options", "sentence"),
    [
        ("pipeline", TENSORS, "--scope pipeline has the preprocessing inside: give --option vdsp_params=FILE"),
        ("host", {}, "--option inputs is needed at scope host"),
        ("device-io", {}, "--option inputs is needed at scope device-io"),
        ("host", TOKENS, "--option vdsp_params: its operators are in one graph with the model"),
        ("device-io", TOKENS, "--option vdsp_params: its operators are in one graph with the model"),
        ("host", {**TENSORS, "input_host": True}, "--option input_host: scope host says where the input lies"),
    ],
)
def test_what_a_scope_cannot_do_is_refused(scope: str, options: dict[str, Any], sentence: str, opened):
    with pytest.raises(Unsupported, match=sentence):
        opened(scope, options)


def test_images_on_the_host_end_with_the_preprocessing(opened, elfs: dict[str, Any]):
    with pytest.raises(Unsupported, match="--scope host: what preprocessing makes lies on the device"):
        opened("host", elfs)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"vdsp_params": "/none.json"}, "--option vdsp_params=/none.json: there is no such file"),
        ({"input_host": "maybe"}, "--option input_host=maybe: give true or false"),
        ({"inputs": "80:int64"}, r"--option inputs=80:int64: write each input .* \(float32, float16"),
        ({"shape": "224"}, "--option shape=224: give the image's dimensions"),
        ({"shape": "3x0x224"}, "--option shape=3x0x224"),
        ({"queue_size": 1}, "--option queue_size: vacc has no such option"),
    ],
)
def test_options_are_refused_with_what_they_may_be(options: dict[str, Any], sentence: str):
    with pytest.raises(Unsupported, match=sentence):
        VaccRunner().check_options(options)


def test_the_two_files_of_clip_s_operators_belong_together(elfs: dict[str, Any]):
    with pytest.raises(Unsupported, match="--option space2depth_elf=FILE is needed too"):
        VaccRunner().check_options({"norm_elf": elfs["norm_elf"]})
    for other in ({"vdsp_params": str(VDSP_PARAMS)}, TENSORS):
        with pytest.raises(Unsupported, match="norm_elf and space2depth_elf take an image and no operators"):
            VaccRunner().check_options({**elfs, **other})


def test_more_samples_than_the_model_takes_are_refused(opened):
    with pytest.raises(Unsupported, match="--batch 9: the model takes 8 samples at most"):
        opened("host", TENSORS, batch=9)


def test_a_model_of_no_image_needs_its_inputs_told(opened):
    with pytest.raises(Unsupported, match=r"The model's first input is \[1, 77\], no image"):
        opened("pipeline", {"vdsp_params": str(VDSP_PARAMS)}, dims=(77,))


def test_older_releases_take_another_kind_of_graph(opened, patch: pytest.MonkeyPatch, tmp_path: Path):
    import vaststreamx

    given = []

    class OldGraph(vaststreamx.Graph):
        def __init__(self, do_copy: bool) -> None:
            given.append(do_copy)

    patch.delattr(vaststreamx, "GraphOutputType")
    patch.setattr(vaststreamx, "Graph", OldGraph)
    assert timed(opened("device-io", TENSORS), tmp_path) == {"compute": 1}
    assert given == [False]


def test_fewer_answers_than_samples_are_a_failure(opened, patch: pytest.MonkeyPatch):
    instance = opened("host", TENSORS)
    instance.slots[0].load(drawn(instance))
    patch.setattr("vaststreamx.Stream.run_sync", lambda *_: [[]])
    with pytest.raises(VaccFailed, match="run_sync gave 1 answers to 2 samples"):
        instance.slots[0].run()


def test_a_file_without_operators_is_a_failure(opened, tmp_path: Path):
    (tmp_path / "empty.json").write_text("[]", encoding="utf-8")
    with pytest.raises(VaccFailed, match=r"load_ops_from_json_file\(.*empty.json\) gave no operator"):
        opened("pipeline", {"vdsp_params": str(tmp_path / "empty.json")})


def test_dies_are_the_devices(patch: pytest.MonkeyPatch):
    patch.setenv("STANDIN_DEVICES", "4")
    probe = VaccRunner().probe()
    assert (probe.version, probe.devices, probe.default_device) == ("2.8.3", ("0", "1", "2", "3"), "0")


def test_a_driver_that_fails_is_no_traceback(patch: pytest.MonkeyPatch):
    def fail() -> None:
        raise RuntimeError("open /dev/vastai0 failed")

    patch.setattr("vaststreamx.get_all_cards", fail)
    with pytest.raises(RunnerUnavailable, match=r"cannot tell its cards \(open /dev/vastai0 failed\)"):
        VaccRunner().probe()
    patch.delattr("vaststreamx.get_all_cards")
    assert VaccRunner().probe().devices == ()


def test_without_a_card_the_runner_says_where_to_look(patch: pytest.MonkeyPatch):
    patch.setattr("vaststreamx.get_all_cards", list)
    with pytest.raises(RunnerUnavailable, match="VastStreamX finds no card here; look at what vasmi says"):
        VaccRunner().probe()
