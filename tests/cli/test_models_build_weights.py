"""`clipperf models build --weights`: what is told of a checkpoint, and what is refused before it is built."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from safetensors.numpy import save_file

from clipperf.models import build, find
from clipperf.models.build import sha256_of
from clipperf.models.trees import parameters_of
from tests.commands import called

Build = Callable[..., tuple[int, str, str]]


@pytest.fixture
def build_here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Build:
    """`clipperf models build` into a folder of the test."""
    return lambda *arguments: called(capsys, "models", "build", *arguments, "--out", tmp_path / "built")


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Both tiny towers as open_clip saves them, and a mask that old releases put among the weights."""
    names = {parameter.name for parameter in parameters_of(find("tiny-clip").architecture)}
    tensors = {"attn_mask": np.zeros((16, 16), np.float32)}
    for stored in onnx.load(build("tiny-clip", folder=tmp_path).path).graph.initializer:
        values = numpy_helper.to_array(stored)
        if stored.name.removesuffix(".T") in names:
            tensors[stored.name.removesuffix(".T")] = np.array(
                values.T if stored.name.endswith(".T") else values, order="C"
            )
    path = tmp_path / "laion.safetensors"
    save_file(tensors, path)
    return path


def test_what_was_found_and_what_is_left_out_is_told(build_here: Build, weights: Path, tmp_path: Path) -> None:
    code, out, err = build_here("tiny-vision", "--weights", weights)
    digits = sha256_of(weights)[:12]
    path = tmp_path / "built" / f"tiny-vision-dynamic-gelu-opset17-laion-{digits}-v1.onnx"
    assert (code, out) == (0, f"{path}\n")
    assert err.splitlines() == [
        f"weights of {weights}, layout open_clip; activation gelu, from the layout open_clip",
        "left out: 30 tensors of other parts of the model",
        "left out, since the network has no place for them: attn_mask",
        f"sha256 {sha256_of(path)}",
    ]


def test_the_flag_decides_the_activation(build_here: Build, weights: Path) -> None:
    code, out, err = build_here("tiny-clip", "--weights", weights, "--activation", "quick-gelu")
    assert (code, "tiny-clip-dynamic-quick-gelu-" in out) == (0, True)
    assert "activation quick-gelu, from --activation\n" in err


def test_what_does_not_fit_is_refused_and_nothing_is_built(build_here: Build, weights: Path, tmp_path: Path) -> None:
    code, out, err = build_here("vision", "--weights", weights)
    assert (code, out) == (2, "")
    assert "is not of 'vision' (the file fits tiny-vision and tiny-text and tiny-clip):\n" in err
    assert "visual.conv1.weight is 64 × 3 × 8 × 8; it should be 768 × 3 × 32 × 32." in err
    assert "visual.transformer.resblocks.11.ln_2.bias is missing; it should be 768." in err
    assert not (tmp_path / "built").exists()


def test_a_seed_and_a_checkpoint_exclude_each_other(build_here: Build, weights: Path) -> None:
    code, out, err = build_here("tiny-vision", "--weights", weights, "--seed", 3)
    assert (code, out) == (2, "")
    assert f"--seed 3: it draws weights, which --weights {weights} holds; leave one of them out." in err


def test_the_seed_is_0_unless_told(build_here: Build) -> None:
    assert build_here("tiny-vision")[1] == build_here("tiny-vision", "--seed", 0)[1]
