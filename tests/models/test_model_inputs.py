"""What goes into a model: from the catalogue, from a file's signature, and from what the user adds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from clipperf.errors import ProfileError
from clipperf.models import InputSpec, Signature, TensorInfo, catalogue, catalogue_inputs, find, resolve_inputs


def _signature(**inputs: tuple[str, tuple[int | str | None, ...] | None]) -> Signature:
    return Signature(tuple(TensorInfo(name, *rest) for name, rest in inputs.items()), ())


def _dims(signature: Signature, **shapes: tuple[int, ...]) -> list[tuple[int | str, ...]]:
    return [spec.dims for spec in resolve_inputs(signature, shapes, {})]


def _problems(signature: Signature, shapes=None, files=None) -> tuple[str, ...]:
    with pytest.raises(ProfileError) as caught:
        resolve_inputs(signature, shapes or {}, files or {})
    return caught.value.problems


def test_an_image_is_normal_and_a_text_is_tokens_of_the_vocabulary() -> None:
    assert catalogue_inputs(find("vision")) == (InputSpec("image", "float32", ("batch", 3, 224, 224), "normal"),)
    assert catalogue_inputs(find("text")) == (InputSpec("text", "int64", ("batch", 77), "tokens", low=0, high=49408),)


def test_clip_has_as_many_texts_as_cifar_100_has_classes_unless_told_otherwise() -> None:
    assert catalogue_inputs(find("clip"))[1] == InputSpec("text", "int64", (100, 77), "tokens", low=0, high=49408)
    assert catalogue_inputs(find("clip"), {"text": (7, 77)})[1].dims == (7, 77)
    assert catalogue_inputs(find("clip"), {"text": (77,)})[1].dims == ("batch", 77)


def test_clip_takes_its_texts_from_a_file_of_any_number(tmp_path: Path) -> None:
    np.save(tmp_path / "t.npy", np.zeros((9, 77), dtype=np.int64))
    spec = catalogue_inputs(find("clip"), files={"text": tmp_path / "t.npy"})[1]
    assert (spec.kind, spec.dims) == ("file", (9, 77))


@pytest.mark.parametrize("name", list(catalogue()))
def test_every_catalogue_model_can_be_fed_by_a_description_in_json(name: str) -> None:
    for spec in catalogue_inputs(find(name)):
        entry = json.loads(json.dumps(spec.as_dict()))
        assert InputSpec(**{**entry, "dims": tuple(entry["dims"])}) == spec


@pytest.mark.parametrize(
    ("dtype", "kind", "low", "high"),
    [
        ("float32", "normal", None, None),
        ("float16", "normal", None, None),
        ("int64", "integers", 0, 2),
        ("uint8", "integers", 0, 2),
        ("bool", "integers", 0, 2),
    ],
)
def test_numbers_of_an_unknown_model_follow_from_its_type(dtype, kind, low, high) -> None:
    [spec] = resolve_inputs(_signature(x=(dtype, ("n", 4))), {}, {})
    assert spec == InputSpec("x", dtype, ("batch", 4), kind, low=low, high=high)


@pytest.mark.parametrize("first", ["n", None, 8, 1])
def test_the_first_dimension_of_the_first_input_is_the_batch(first: int | str | None) -> None:
    assert _dims(_signature(x=("float32", (first, 3, 8)))) == [("batch", 3, 8)]


def test_other_inputs_share_the_batch_where_the_model_says_so_or_says_nothing() -> None:
    signature = _signature(a=("float32", ("n", 3)), b=("int64", ("n", 5)), c=("bool", (None, 5)), d=("float32", ()))
    assert _dims(signature) == [("batch", 3), ("batch", 5), ("batch", 5), ()]


def test_a_number_of_rows_that_is_not_the_batch_is_kept() -> None:
    assert _dims(_signature(a=("float32", ("n", 3)), places=("int64", (1, 5)))) == [("batch", 3), (1, 5)]
    assert _dims(_signature(a=("float32", (8, 3)), b=("int64", (8, 5)), c=("int64", (2, 5))))[1:] == [
        ("batch", 5),
        (2, 5),
    ]


def test_a_first_dimension_of_another_name_has_to_be_given() -> None:
    signature = _signature(image=("float32", ("images", 3)), text=("int64", ("texts", 5)))
    [problem] = _problems(signature)
    assert "--shape text=<texts>,5" in problem
    assert "--shape text=5" in problem
    assert _dims(signature, text=(9, 5))[1] == (9, 5)
    assert _dims(signature, text=(5,))[1] == ("batch", 5)


def test_open_dimensions_have_to_be_given() -> None:
    signature = _signature(image=("float32", ("n", 3, "height", None)))
    [problem] = _problems(signature)
    assert "--shape image=3,<height>,<size>" in problem
    assert _dims(signature, image=(3, 32, 32)) == [("batch", 3, 32, 32)]


def test_a_model_that_says_nothing_of_its_dimensions_takes_the_ones_given(tmp_path: Path) -> None:
    signature = _signature(x=("float32", None))
    assert "--shape x=3,224,224" in _problems(signature)[0]
    assert _dims(signature, x=(3, 32, 32)) == [("batch", 3, 32, 32)]
    np.save(tmp_path / "x.npy", np.zeros((2, 5), dtype=np.float32))
    assert resolve_inputs(signature, {}, {"x": tmp_path / "x.npy"})[0].dims == ("batch", 5)


@pytest.mark.parametrize("shape", [(3, 9), (3, 8, 8), (3,), (4, 3, 8)])
def test_a_shape_that_the_model_does_not_take_is_refused(shape: tuple[int, ...]) -> None:
    [problem] = _problems(_signature(x=("float32", (4, 3, 8))), {"x": shape})
    assert "4×3×8" in problem
    assert f"--shape x={','.join(map(str, shape))}" in problem


def test_a_shape_of_nothing_is_refused() -> None:
    assert _problems(_signature(x=("float32", ("n", None))), {"x": (0,)}) == (
        "--shape x=0: every dimension must be 1 or more.",
    )


def test_a_file_replaces_drawn_numbers_and_fills_open_dimensions(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.zeros((10, 3, 32, 48), dtype=np.float32))
    [spec] = resolve_inputs(_signature(x=("float32", ("n", 3, "h", "w"))), {}, {"x": path})
    assert spec == InputSpec("x", "float32", ("batch", 3, 32, 48), "file", path=str(path))


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.zeros((10, 4, 8), dtype=np.float32), "holds 10×4×8"),
        (np.zeros((10, 3), dtype=np.float32), "holds 10×3"),
        (np.zeros((10, 3, 8), dtype=np.float64), "holds float64, the model takes float32"),
        (np.zeros((0, 3, 8), dtype=np.float32), "cut short or not|holds no numbers"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, array: np.ndarray, expected: str) -> None:
    np.save(tmp_path / "x.npy", array)
    [problem] = _problems(_signature(x=("float32", ("n", 3, 8))), files={"x": tmp_path / "x.npy"})
    assert "--input x" in problem
    assert any(part in problem for part in expected.split("|"))


def test_a_file_that_contradicts_the_shape_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((2, 5), dtype=np.float32))
    [problem] = _problems(_signature(x=("float32", ("n", "w"))), {"x": (6,)}, {"x": tmp_path / "x.npy"})
    assert "--shape x=6" in problem
    assert "2×5" in problem


@pytest.mark.parametrize("content", [None, b"", b"\x93NUMPY\x01\x00", b"text"])
def test_a_file_that_is_no_array_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.npy"
    if content is not None:
        path.write_bytes(content)
    [problem] = _problems(_signature(x=("float32", ("n", 5))), files={"x": path})
    assert str(path) in problem


def test_archives_and_pickles_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x=np.zeros((2, 5), dtype=np.float32))
    np.save(tmp_path / "x.npy", np.array([None, {}]))
    for name in ("x.npz", "x.npy"):
        assert "numpy.save" in _problems(_signature(x=("float32", ("n", 5))), files={"x": tmp_path / name})[0]


def test_half_an_array_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.zeros((2, 5), dtype=np.float32))
    path.write_bytes(path.read_bytes()[:-4])
    assert "cut short" in _problems(_signature(x=("float32", ("n", 5))), files={"x": path})[0]


@pytest.mark.parametrize("dtype", ["bfloat16", "string", "float8e4m3fn"])
def test_types_that_cannot_be_filled_are_refused(dtype: str) -> None:
    [problem] = _problems(_signature(x=(dtype, ("n", 5))))
    assert dtype in problem
    assert "float16, float32" in problem


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    signature = _signature(image=("float32", ("n", 3, None)), mask=("string", ("n",)), text=("int64", ("n", 5)))
    problems = _problems(signature, {"imag": (3, 8)}, {"text": tmp_path / "absent.npy", "sound": tmp_path / "s.npy"})
    assert len(problems) == 5
    assert problems[0] == "--shape names the input 'imag'; the model has image, mask, text. Did you mean image?"
    assert problems[1] == "--input names the input 'sound'; the model has image, mask, text."
