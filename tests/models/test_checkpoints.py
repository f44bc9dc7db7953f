"""Checkpoints of every layout: the same weights in, the same network out; all that does not fit is refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import checkpoint_writers as writers
import ml_dtypes
import numpy as np
import onnx
import pytest
from checkpoint_writers import State
from conftest import feed, run
from networks_numpy import clip_image_embed, read_state
from safetensors.numpy import save_file

from clipperf.errors import ProfileError, UsageError
from clipperf.models import build
from clipperf.models.checkpoint_matching import open_checkpoint

SEED = 7
PARTS = {"tiny-vision": "tiny-clip", "tiny-text": "tiny-clip", "tiny-clip": "tiny-clip", "tiny-vit": "tiny-vit"}
"""Which checkpoint holds a model."""


def as_it_is(state: State) -> State:
    return state


CLIP = ("tiny-vision", "tiny-text", "tiny-clip")
LAYOUTS = [
    *((name, as_it_is, "open_clip", "gelu") for name in CLIP),
    *((name, writers.custom_text_clip, "open_clip", "gelu") for name in CLIP),
    *((name, writers.openai, "OpenAI CLIP", "quick-gelu") for name in CLIP),
    *((name, writers.hugging_face_clip, "Hugging Face CLIP", "quick-gelu") for name in CLIP),
    ("tiny-vit", as_it_is, "timm", "gelu"),
    ("tiny-vit", writers.hugging_face_vit, "Hugging Face ViT", "gelu"),
    ("tiny-vit", writers.jax, "JAX", "gelu"),
]


@pytest.fixture(scope="module")
def state(built) -> Callable[[str], State]:
    """The drawn weights of the whole model that a checkpoint holds, under the names of its library."""

    def of(name: str) -> State:
        found = read_state(built(PARTS[name], seed=SEED).path)
        names = {tensor.name.removesuffix(".T") for tensor in onnx.load(built(PARTS[name]).path).graph.initializer}
        constants = ("scalar.", "integers.", "causal_mask", "places", "first")
        return {key: found[key].astype(np.float32) for key in names if not key.startswith(constants)}

    return of


def write(folder: Path, tensors: State, name: str = "weights.safetensors") -> Path:
    path = folder / name
    if path.suffix == ".npz":
        np.savez(path, **tensors)
    else:
        save_file({key: np.array(values, order="C") for key, values in tensors.items()}, path)
    return path


def network_of(path: Path) -> bytes:
    """The file but for what it says of itself."""
    model = onnx.load(path)
    model.ClearField("metadata_props")
    model.graph.ClearField("doc_string")
    return model.SerializeToString(deterministic=True)


@pytest.mark.parametrize("suffix", [".safetensors", ".npz"])
@pytest.mark.parametrize(("name", "written", "layout", "activation"), LAYOUTS)
def test_every_layout_makes_the_network_that_its_weights_came_from(
    name: str,
    written: Callable[[State], State],
    layout: str,
    activation: str,
    suffix: str,
    state,
    built,
    tmp_path: Path,
) -> None:
    checkpoint = open_checkpoint(write(tmp_path, written(state(name)), f"w{suffix}"), name)
    assert (checkpoint.layout, checkpoint.activation) == (layout, activation)
    ours = build(name, folder=tmp_path, checkpoint=checkpoint).path
    assert network_of(ours) == network_of(built(name, seed=SEED, activation=activation).path)
    assert np.isfinite(run(ours, feed(name))).all()


def test_the_answer_is_that_of_the_plain_network_on_the_file_s_own_numbers(state, tmp_path: Path) -> None:
    tensors = state("tiny-clip")
    checkpoint = open_checkpoint(write(tmp_path, writers.openai(tensors)), "tiny-vision")
    values = feed("tiny-vision")
    expected = clip_image_embed(
        {key: array.astype(np.float64) for key, array in tensors.items()}, values["image"], patch=8, heads=4, quick=True
    )
    given = run(build("tiny-vision", folder=tmp_path, checkpoint=checkpoint).path, values)
    assert np.abs(given - expected).max() < 1e-4


def test_the_file_says_whose_weights_it_has(state, tmp_path: Path) -> None:
    checkpoint = open_checkpoint(
        write(tmp_path, writers.openai(state("tiny-clip")), "ViT tiny.safetensors"), "tiny-text"
    )
    made = build("tiny-text", folder=tmp_path, checkpoint=checkpoint, activation="gelu")
    assert made.path.name == f"tiny-text-dynamic-gelu-opset17-ViT_tiny-{checkpoint.sha256[:12]}-v1.onnx"
    assert {entry.key: entry.value for entry in onnx.load(made.path).metadata_props} == {
        "clipperf.weights": "ViT tiny.safetensors",
        "clipperf.weights_sha256": checkpoint.sha256,
        "clipperf.weights_layout": "OpenAI CLIP",
        "clipperf.activation": "gelu",
    }
    assert build("tiny-text", folder=tmp_path, checkpoint=checkpoint, activation="gelu") == made


def test_other_weights_under_the_same_name_are_another_file(state, tmp_path: Path) -> None:
    tensors = state("tiny-vit")
    first = build("tiny-vit", folder=tmp_path, checkpoint=open_checkpoint(write(tmp_path, tensors), "tiny-vit"))
    tensors["head.bias"] = tensors["head.bias"] + 1
    second = build("tiny-vit", folder=tmp_path, checkpoint=open_checkpoint(write(tmp_path, tensors), "tiny-vit"))
    assert first.path != second.path
    values = feed("tiny-vit")
    np.testing.assert_allclose(run(second.path, values) - run(first.path, values), 1, atol=1e-4)


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float64])
def test_other_floating_point_types_become_fp32(dtype: type, state, tmp_path: Path) -> None:
    tensors = {key: values.astype(dtype) for key, values in state("tiny-vit").items()}
    checkpoint = open_checkpoint(write(tmp_path, tensors), "tiny-vit")
    built_here = read_state(build("tiny-vit", folder=tmp_path, checkpoint=checkpoint).path)
    np.testing.assert_array_equal(built_here["head.weight"], tensors["head.weight"].astype(np.float64))


def test_what_training_wraps_around_names_is_taken_off(state, tmp_path: Path) -> None:
    wrapped = {f"module._orig_mod.{key}": values for key, values in state("tiny-vit").items()}
    assert open_checkpoint(write(tmp_path, wrapped), "tiny-vit").unknown == ()


def test_what_the_network_has_no_place_for_is_named_and_the_other_tower_counted(state, tmp_path: Path) -> None:
    tensors = {**state("tiny-clip"), "attn_mask": np.zeros((16, 16), np.float32), "logit_bias": np.zeros(1, np.float32)}
    checkpoint = open_checkpoint(write(tmp_path, tensors), "tiny-vision")
    assert checkpoint.unknown == ("attn_mask", "logit_bias")
    text = [name for name in state("tiny-clip") if not name.startswith("visual.")]
    assert checkpoint.of_other_parts == len(text)


def test_all_that_lacks_or_is_of_another_shape_or_type_is_refused_at_once(state, tmp_path: Path) -> None:
    tensors = state("tiny-vit")
    del tensors["cls_token"], tensors["blocks.1.attn.qkv.bias"]
    tensors["head.weight"] = np.zeros((1000, 64), np.float32)
    tensors["norm.bias"] = np.zeros(64, np.int8)
    with pytest.raises(ProfileError) as caught:
        open_checkpoint(write(tmp_path, tensors), "tiny-vit")
    head, *problems = caught.value.problems
    assert "of the layout timm, is not of 'tiny-vit' (the file fits no model of the catalogue)" in head
    assert sorted(problems) == [
        "blocks.1.attn.qkv.bias is missing; it should be 192.",
        "cls_token is missing; it should be 1 × 1 × 64.",
        "head.weight is 1000 × 64; it should be 10 × 64.",
        "norm.bias does not hold floating-point numbers; give the weights before quantisation.",
    ]


def test_a_deeper_network_is_refused_and_not_cut_off(state, tmp_path: Path) -> None:
    tensors = state("tiny-vit")
    tensors |= {key.replace(".1.", ".2."): values for key, values in tensors.items() if key.startswith("blocks.1.")}
    with pytest.raises(ProfileError, match=r"blocks\.2\.attn\.qkv\.weight is of a block that the model does not have"):
        open_checkpoint(write(tmp_path, tensors), "tiny-vit")


def test_the_models_that_a_file_fits_are_told(state, tmp_path: Path) -> None:
    path = write(tmp_path, state("tiny-clip"))
    with pytest.raises(ProfileError, match="the file fits tiny-vision and tiny-text and tiny-clip"):
        open_checkpoint(path, "vision")
    with pytest.raises(UsageError, match="of the layout open_clip, which does not have 'tiny-vit'"):
        open_checkpoint(path, "tiny-vit")


CONFIGURATIONS = [
    (writers.hugging_face_clip, "config.json", {"vision_config": {"hidden_act": "gelu"}}, "gelu", "config.json"),
    (writers.hugging_face_clip, "config.json", {"model_type": "clip"}, "quick-gelu", "the layout Hugging Face CLIP"),
    (as_it_is, "open_clip_config.json", {"model_cfg": {"quick_gelu": True}}, "quick-gelu", "open_clip_config.json"),
    (as_it_is, "open_clip_config.json", {"model_cfg": {}}, "gelu", "open_clip_config.json"),
    (as_it_is, "config.json", {"hidden_act": "quick_gelu"}, "gelu", "the layout open_clip"),
]


@pytest.mark.parametrize(("written", "file", "told", "activation", "by"), CONFIGURATIONS)
def test_the_library_s_configuration_beside_the_file_tells_the_activation(
    written: Callable[[State], State], file: str, told: object, activation: str, by: str, state, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(json.dumps(told), encoding="utf-8")
    checkpoint = open_checkpoint(write(tmp_path, written(state("tiny-clip"))), "tiny-vision")
    assert (checkpoint.activation, checkpoint.activation_from) == (activation, by)


@pytest.mark.parametrize("content", ['{"hidden_act": "swish"}', '{"hidden', "[]"])
def test_a_configuration_that_cannot_be_followed_is_refused(content: str, state, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"config\.json beside it (names the activation swish|cannot be read)"):
        open_checkpoint(write(tmp_path, writers.hugging_face_clip(state("tiny-clip"))), "tiny-vision")


def test_tensors_of_no_known_layout_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"conv1.weight": np.zeros(1, np.float32), "fc.bias": np.zeros(1, np.float32)})
    with pytest.raises(
        UsageError, match=r"no layout that is known \(OpenAI CLIP, open_clip, .*begins with conv1.weight"
    ):
        open_checkpoint(path, "vision")
