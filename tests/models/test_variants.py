"""Models in other precisions: made once, by name and content; their weights, inputs and answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from conftest import feed, run

from clipperf.errors import CaseFailed
from clipperf.measure.cosine import LEAST_COSINE, cosines
from clipperf.models import BuiltModel, read_signature
from clipperf.models.recipes import DYNAMIC_INT8, RECIPES, USUAL_INT8, recipe_for
from clipperf.models.stored_precision import read_stored_precision
from clipperf.models.variants import make_variant, variant_path

STATIC, DYNAMIC, FP16 = recipe_for("int8", USUAL_INT8), recipe_for("int8", DYNAMIC_INT8), recipe_for("fp16", USUAL_INT8)
Build = Callable[..., BuiltModel]


def feeds(name: str, recipe: Any, batch: int = 8) -> list[dict[str, np.ndarray]]:
    return [feed(name, batch)] if recipe.is_calibrated else []


def operators(path: Path) -> Counter[str]:
    return Counter(node.op_type for node in onnx.load(path).graph.node)


@pytest.mark.parametrize("name", ["tiny-vision", "tiny-text"])
@pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: f"{recipe.precision}{recipe.name}")
def test_a_variant_answers_nearly_as_its_source(name: str, recipe: Any, built: Build, tmp_path: Path):
    source = built(name)
    made = make_variant(source, recipe, feeds(name, recipe), tmp_path)
    assert read_signature(made.path) == read_signature(source.path)
    values = feed(name, 4)
    found = cosines(run(source.path, values), run(made.path, values))
    assert found.min() >= LEAST_COSINE[recipe.precision]
    # Not the same numbers: it is another model.
    assert found.min() < 1 - 1e-9


def test_weights_are_in_the_precision_and_inputs_are_not(built: Build, tmp_path: Path):
    made = make_variant(built("tiny-vision"), FP16, [], tmp_path)
    assert read_stored_precision(made.path) == "fp16"
    assert read_signature(made.path).inputs[0].dtype == "float32"


def test_int8_by_calibration_has_fixed_ranges_and_dynamic_int8_has_none(built: Build, tmp_path: Path):
    source = built("tiny-vision")
    static = operators(make_variant(source, STATIC, feeds("tiny-vision", STATIC), tmp_path).path)
    dynamic = operators(make_variant(source, DYNAMIC, [], tmp_path).path)
    assert static["QuantizeLinear"] > 0
    assert static["MatMul"] == operators(source.path)["MatMul"]
    assert dynamic["MatMulInteger"] > 0
    assert not dynamic["QuantizeLinear"]


def test_it_is_made_once_and_found_by_a_name_that_says_what_it_is(
    built: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    source, calibration = built("tiny-vision"), feeds("tiny-vision", STATIC)
    made = make_variant(source, STATIC, calibration, tmp_path)
    assert made.path == variant_path(source, STATIC, calibration, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [made.path.name]
    said = f"{source.path.stem}-int8-static-onnxruntime{onnxruntime.__version__}-onnx{onnx.__version__}-"
    assert made.path.name.startswith(said)
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert make_variant(source, STATIC, calibration, tmp_path) == made


@pytest.mark.parametrize("recipe", [FP16, STATIC, DYNAMIC], ids=["fp16", "static", "dynamic"])
def test_the_same_request_gives_the_same_bytes(recipe: Any, built: Build, tmp_path: Path):
    source, calibration = built("tiny-vision"), feeds("tiny-vision", recipe)
    one, other = (make_variant(source, recipe, calibration, tmp_path / folder) for folder in ("a", "b"))
    assert one.sha256 == other.sha256


def test_whatever_decides_the_bytes_decides_the_name(built: Build, tmp_path: Path):
    source, calibration = built("tiny-vision"), feeds("tiny-vision", STATIC)
    paths = {
        variant_path(source, STATIC, calibration, tmp_path),
        variant_path(source, STATIC, feeds("tiny-vision", STATIC, 4), tmp_path),
        variant_path(source, DYNAMIC, [], tmp_path),
        variant_path(source, FP16, [], tmp_path),
        variant_path(BuiltModel(source.path, "0" * 64), FP16, [], tmp_path),
    }
    assert len(paths) == 5


def test_a_model_of_one_batch_is_converted_as_well(built: Build, tmp_path: Path):
    source = built("tiny-vision", static_batch=2)
    made = make_variant(source, STATIC, [feed("tiny-vision", 2)], tmp_path)
    assert read_signature(made.path).fixed_batch == 2


def test_what_the_library_cannot_convert_is_told_and_leaves_nothing(tmp_path: Path):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model at all")
    with pytest.raises(CaseFailed, match=r"The fp16 model of broken\.onnx could not be made: .*Error") as failure:
        make_variant(BuiltModel(broken, "0" * 64), FP16, [], tmp_path / "cache")
    assert failure.value.kind == "variant"
    assert not list((tmp_path / "cache").iterdir())


def test_a_folder_that_cannot_hold_it_is_told_with_the_remedy(built: Build, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(CaseFailed, match=r"cannot be written to .*; free space there, or set CLIPPERF_CACHE"):
        make_variant(built("tiny-vision"), FP16, [], tmp_path / "file")


def test_no_library_makes_bf16():
    with pytest.raises(KeyError):
        recipe_for("bf16", USUAL_INT8)
