"""Scores against numpy and onnxruntime called by hand; which towers belong together and what they take."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from clipperf.accuracy.pair import Pair, catalogue_pair, file_pair
from clipperf.accuracy.preprocessing import pixels_of
from clipperf.accuracy.scoring import Scored, score_images, softmax
from clipperf.accuracy.tokeniser import CLIP_VOCABULARY, tokens_of
from clipperf.errors import UsageError
from clipperf.models import build
from clipperf.profile import make_profile
from clipperf.sweeping.display import Silent
from clipperf.sweeping.planning import make_plan
from tests.accuracy.golden.images import images

TEXTS = ("a diagram", "a dog", "a cat")


def scored(pair: Pair, paths: list[Path], runner: str) -> list[Scored]:
    """By this runner, three samples in a request, so that the last one is filled up."""
    plans = [
        make_plan(make_profile({"model": model, "runner": runner, "batch": 3}, {}))
        for model in (pair.vision, pair.text)
    ]
    return list(score_images(paths, TEXTS, pair, (plans[0], plans[1]), 100.0, Silent()))


@pytest.mark.parametrize("runner", ["onnxruntime", "openvino"])
def test_scores_are_the_softmax_of_a_hundred_cosines(tmp_path: Path, runner: str):
    pair = catalogue_pair("tiny-clip")
    shown = {name: images()[name] for name in ("photograph", "small", "pixel", "mode-CMYK")}
    for name, image in shown.items():
        image.save(tmp_path / f"{name}.tif")
    (tmp_path / "broken.tif").write_bytes(b"II*\0")
    names = ["photograph", "broken", "small", "pixel", "mode-CMYK"]
    found = scored(pair, [tmp_path / f"{name}.tif" for name in names], runner)
    assert [one.image.stem for one in found] == names
    assert (found[1].scores, found[1].error.startswith(str(tmp_path / "broken.tif"))) == ((), True)

    seen = _run("tiny-vision", np.stack([pixels_of(image, pair.preprocessing) for image in shown.values()]))
    read = _run("tiny-text", tokens_of(TEXTS, pair.context, pair.vocabulary))
    cosines = seen @ read.T / np.outer(np.linalg.norm(seen, axis=1), np.linalg.norm(read, axis=1))
    powers = np.exp(100 * cosines.astype(np.float64))
    for one, expected in zip([found[0], *found[2:]], powers / powers.sum(axis=1, keepdims=True), strict=True):
        assert one.error == ""
        assert dict(one.scores) == pytest.approx(dict(zip(TEXTS, expected, strict=True)), abs=2e-3)
        assert [score for _, score in one.scores] == sorted((score for _, score in one.scores), reverse=True)


def test_a_softmax_of_large_logits():
    np.testing.assert_allclose(softmax(np.array([[1e4, 1e4], [0, -1e4]])), [[0.5, 0.5], [1, 0]])


@pytest.mark.parametrize(
    ("name", "vision", "text"),
    [
        ("clip", "vision", "text"),
        ("vision", "vision", "text"),
        ("text-b32", "vision", "text"),
        ("text-l14", "vision-l14", "text-l14"),
        ("tiny-vision", "tiny-vision", "tiny-text"),
    ],
)
def test_towers_that_belong_together(name: str, vision: str, text: str):
    pair = catalogue_pair(name)
    assert (pair.vision, pair.text, pair.drawn) == (vision, text, (vision, text))
    assert (pair.context, pair.vocabulary) == ((16, 128) if "tiny" in name else (77, CLIP_VOCABULARY))


@pytest.mark.parametrize("name", ["tiny-vit", "vit_base_patch16_224"])
def test_a_classifier_has_no_text_tower(name: str):
    with pytest.raises(UsageError, match=f"--model {name}: it has no text tower"):
        catalogue_pair(name)


def test_towers_in_files_tell_what_they_take(tmp_path: Path):
    vision, text = (str(build(name, folder=tmp_path).path) for name in ("tiny-vision", "tiny-text"))
    pair = file_pair(vision, text)
    assert (pair.preprocessing.size, pair.context, pair.vocabulary) == (32, 16, 128)
    assert pair.drawn == (vision, text)
    compiled = file_pair("vision.om", "text.om")
    assert (compiled.preprocessing.size, compiled.context, compiled.vocabulary) == (224, 77, CLIP_VOCABULARY)
    with pytest.raises(UsageError, match=r"--vision .*: it takes text int64 batch×16; one input of batch × 3"):
        file_pair(text, text)
    with pytest.raises(UsageError, match=r"--text .*: it takes image float32 .*; one input of batch × context"):
        file_pair(vision, vision)


def test_a_file_of_trained_weights_says_nothing(tmp_path: Path):
    path = build("tiny-vision", folder=tmp_path).path
    model = onnx.load(path)
    model.graph.doc_string = "tiny-vision, weights of trained.safetensors"
    onnx.save(model, path)
    assert file_pair(str(path), "text.om").drawn == ()


def _run(name: str, samples: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(build(name).path, providers=["CPUExecutionProvider"])
    (rows,) = session.run(None, {session.get_inputs()[0].name: samples})
    return np.asarray(rows)
