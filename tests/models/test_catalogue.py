"""The catalogue says what each model is, in figures that others published."""

from __future__ import annotations

import subprocess
import sys

import pytest

from clipperf.errors import UsageError
from clipperf.models import catalogue, find

REAL = [model for model in catalogue().values() if not model.name.startswith("tiny")]

# Counted on the models themselves: sum of numel() over open_clip 3.3.0's create_model and timm 1.0.31's.
PARAMETERS = {
    "vision": 87_849_216,
    "text": 63_428_096,
    "vision-b16": 86_192_640,
    "text-b16": 63_428_096,
    "vision-l14": 303_966_208,
    "text-l14": 123_650_304,
    "clip": 151_277_313,
    "vit_base_patch8_224": 86_576_872,
    "vit_base_patch16_224": 86_567_656,
    "vit_base_patch16_384": 86_859_496,
    "vit_base_patch32_224": 88_224_232,
    "vit_base_patch32_384": 88_297_192,
}

# image_gflops and text_gflops of open_clip's docs/model_profile.csv, which fvcore counted.
OPEN_CLIP_GFLOPS = {
    "vision": 8.82,
    "text": 5.96,
    "vision-b16": 35.13,
    "text-b16": 5.96,
    "vision-l14": 162.03,
    "text-l14": 13.3,
}

# torch.utils.flop_counter of PyTorch 2.13 over timm 1.0.31's models: multiply-adds count 2, products and convolutions.
TIMM_FLOPS = {
    "vit_base_patch8_224": 156_296_675_328,
    "vit_base_patch16_224": 35_127_656_448,
    "vit_base_patch16_384": 110_968_700_928,
    "vit_base_patch32_224": 8_818_372_608,
    "vit_base_patch32_384": 26_087_129_088,
}


def test_every_real_model_has_the_parameters_of_the_library_it_stands_for() -> None:
    assert {model.name: model.parameters for model in REAL} == PARAMETERS


@pytest.mark.parametrize(("name", "gflops"), OPEN_CLIP_GFLOPS.items())
def test_flops_of_the_towers_agree_with_open_clips_table(name: str, gflops: float) -> None:
    assert round(find(name).gflops_per_sample, 2) == gflops


@pytest.mark.parametrize(("name", "flops"), TIMM_FLOPS.items())
def test_flops_of_the_classifiers_agree_with_pytorchs_counter(name: str, flops: int) -> None:
    assert find(name).gflops_per_sample == flops / 1e9


@pytest.mark.parametrize(
    ("name", "head_width", "epsilon"),
    [
        *((name, 64, 1e-5) for name in OPEN_CLIP_GFLOPS),
        *((name, 64, 1e-6) for name in TIMM_FLOPS),
    ],
)
def test_what_neither_parameters_nor_flops_would_show(name: str, head_width: int, epsilon: float) -> None:
    trunk = find(name).architecture.trunk
    assert (trunk.width / trunk.heads, trunk.epsilon) == (head_width, epsilon)


def test_the_texts_of_clip_are_paid_once_a_request() -> None:
    clip, vision, text = find("clip"), find("vision"), find("text")
    assert clip.gflops_per_request == pytest.approx(100 * text.gflops_per_sample)
    assert clip.gflops_per_sample == pytest.approx(vision.gflops_per_sample + 2 * 512 * 100 / 1e9)
    assert vision.gflops_per_request == 0


@pytest.mark.parametrize(
    ("name", "inputs", "output"),
    [
        ("vision", [("image", "float32", ("batch", 3, 224, 224))], ("image_embed", "float32", ("batch", 512))),
        ("text", [("text", "int64", ("batch", 77))], ("text_embed", "float32", ("batch", 512))),
        ("vision-l14", [("image", "float32", ("batch", 3, 224, 224))], ("image_embed", "float32", ("batch", 768))),
        ("text-l14", [("text", "int64", ("batch", 77))], ("text_embed", "float32", ("batch", 768))),
        (
            "clip",
            [("image", "float32", ("batch", 3, 224, 224)), ("text", "int64", ("texts", 77))],
            ("logits", "float32", ("batch", "texts")),
        ),
        (
            "vit_base_patch16_384",
            [("input", "float32", ("batch", 3, 384, 384))],
            ("output", "float32", ("batch", 1000)),
        ),
    ],
)
def test_signature(name: str, inputs: list[object], output: object) -> None:
    signature = find(name).signature
    assert [(tensor.name, tensor.dtype, tensor.dims) for tensor in signature.inputs] == inputs
    assert [(tensor.name, tensor.dtype, tensor.dims) for tensor in signature.outputs] == [output]


def test_an_alias_finds_the_same_model() -> None:
    assert find("vision-b32") is find("vision")
    assert find("text-b32") is find("text")


def test_tiny_models_say_that_they_are_not_real() -> None:
    tiny = [model for model in catalogue().values() if model.name.startswith("tiny")]
    assert {"tiny-vision", "tiny-text", "tiny-vit"} <= {model.name for model in tiny}
    assert all(model.description.startswith("not a real model") for model in tiny)


def test_an_unknown_name_is_refused_with_the_valid_ones_and_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"'visoin' is no model.*vision, text, .*tiny-vit.*Did you mean vision"):
        find("visoin")


def test_importing_the_package_imports_nothing_heavy() -> None:
    program = "import sys, clipperf.models; clipperf.models.find('vision').parameters; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "onnx", "onnxruntime", "platformdirs"} & set(modules)
