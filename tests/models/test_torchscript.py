"""TorchScript of the catalogue: the networks of the ONNX files, with the same weights and names."""

from __future__ import annotations

import json
import warnings
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import feed, run

from clipperf.errors import ProfileError, UsageError
from clipperf.models import find
from clipperf.models.checkpoint_matching import open_checkpoint
from clipperf.models.torchscript import build_torchscript, torchscript_path
from clipperf.models.torchscript_signature import WEIGHTS_FILE, read_torchscript_signature

LEAST_COSINE, MOST_DIFFERENCE = 0.99999, 1e-4


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory):
    """`build_torchscript`, into a folder that all tests share; skipped where there is no torch."""
    pytest.importorskip("torch", reason="torch is an extra, and far larger than all the rest")
    folder = tmp_path_factory.mktemp("torchscript")

    def build_here(name: str, **options: Any) -> Path:
        return build_torchscript(name, folder=folder, **options).path

    return build_here


def _loaded(path: Path, extra_files: dict[str, str] | None = None) -> Any:
    import torch

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*torch.jit.* is deprecated")
        return torch.jit.load(str(path), _extra_files=extra_files)


def answer(path: Path, values: dict[str, np.ndarray]) -> np.ndarray:
    import torch

    module = _loaded(path)
    with torch.inference_mode():
        return module(*map(torch.from_numpy, values.values())).numpy()


def check_same(ours: np.ndarray, expected: np.ndarray) -> None:
    assert ours.shape == expected.shape
    assert np.abs(ours - expected).max() <= MOST_DIFFERENCE
    cosines = (ours * expected).sum(axis=1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(expected, axis=1)
    assert cosines.min() >= LEAST_COSINE


@pytest.mark.parametrize("name", ["tiny-vision", "tiny-text", "tiny-clip", "tiny-vit"])
def test_it_answers_as_the_onnx_file_at_any_batch_size(name: str, traced, built) -> None:
    for batch in (1, 5):
        values = feed(name, batch=batch)
        check_same(answer(traced(name), values), run(built(name).path, values))


def test_seed_activation_and_a_static_batch_are_those_of_the_onnx_file(traced, built) -> None:
    asked = {"seed": 3, "activation": "quick-gelu", "static_batch": 2}
    values = feed("tiny-vision", batch=2)
    check_same(answer(traced("tiny-vision", **asked), values), run(built("tiny-vision", **asked).path, values))
    signature = read_torchscript_signature(traced("tiny-vision", **asked))
    assert signature == find("tiny-vision").static_signature(2)


def test_a_checkpoint_s_weights_are_those_of_the_onnx_file_and_are_recorded(traced, built, tmp_path: Path) -> None:
    import torch

    state = {name: values.detach() for name, values in _loaded(traced("tiny-clip", seed=3)).named_parameters()}
    torch.save(state, tmp_path / "trained.pt")
    checkpoint = open_checkpoint(tmp_path / "trained.pt", "tiny-text")
    path = traced("tiny-text", checkpoint=checkpoint, activation="quick-gelu")
    assert f"-quick-gelu-trained-{checkpoint.sha256[:12]}-torch" in path.name
    values = feed("tiny-text")
    check_same(answer(path, values), run(built("tiny-text", seed=3, activation="quick-gelu").path, values))
    told = {WEIGHTS_FILE: ""}
    _loaded(path, told)
    assert json.loads(told[WEIGHTS_FILE]) == checkpoint.record("quick-gelu")


def test_the_first_of_several_end_tokens_counts(traced, built) -> None:
    zeros = feed("tiny-text")["text"]
    filled = np.where(np.cumsum(zeros == zeros.max(), axis=1) > 0, zeros.max(), zeros)
    check_same(answer(traced("tiny-text"), {"text": filled}), run(built("tiny-text").path, {"text": zeros}))


def test_its_parameters_have_the_names_of_a_checkpoint(traced, built) -> None:
    import onnx

    names = dict(_loaded(traced("tiny-vision")).named_parameters())
    stored = {tensor.name.removesuffix(".T") for tensor in onnx.load(built("tiny-vision").path).graph.initializer}
    assert set(names) == {name for name in stored if name.startswith("visual.")}


def test_the_file_tells_its_inputs_without_torch_and_is_the_same_when_built_again(traced, tmp_path: Path) -> None:
    path = traced("tiny-clip")
    assert read_torchscript_signature(path) == find("tiny-clip").signature
    assert build_torchscript("tiny-clip", folder=tmp_path).path.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("content", [None, b"not an archive"])
def test_what_is_no_such_file_tells_nothing(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    if content is not None:
        path.write_bytes(content)
    assert read_torchscript_signature(path) is None


def test_without_torch_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", version)
    with pytest.raises(UsageError, match=r"pip install 'clipperf\[torch\]', or build it on another machine"):
        torchscript_path("tiny-vision")


def test_arguments_that_cannot_be_are_told_before_torch_is_needed() -> None:
    with pytest.raises(ProfileError, match="The static batch size 0 is not allowed"):
        build_torchscript("tiny-vision", static_batch=0)
