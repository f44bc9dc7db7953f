"""Batches that the worker draws: shapes, dtypes, seeds, tokens, real data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clipperf.errors import Unsupported, UsageError
from clipperf.runners.base import Signature, Tensor
from clipperf.runners.inputs import denormal_share, draw_inputs

IMAGE = Tensor("image", "float32", (None, 3, 4, 4))


def drawn(tensor: Tensor, batch_size: int, described: dict[str, Any] | None = None, seed: int = 0) -> np.ndarray:
    described = None if described is None else {"name": tensor.name, **described}
    return draw_inputs(Signature((tensor,), ()), [described] if described else [], batch_size, seed)[tensor.name]


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64", "int64", "int32", "uint8", "bool"])
def test_an_input_has_the_dtype_and_shape_of_the_file_and_lies_in_one_piece(dtype: str):
    values = drawn(Tensor("x", dtype, (None, 5, 2)), 3)
    assert values.dtype == dtype
    assert values.shape == (3, 5, 2)
    assert values.flags.c_contiguous


def test_a_seed_draws_the_same_batch_and_another_another():
    assert (drawn(IMAGE, 2, seed=1) == drawn(IMAGE, 2, seed=1)).all()
    assert not (drawn(IMAGE, 2, seed=1) == drawn(IMAGE, 2, seed=2)).any()


def test_samples_of_a_batch_differ():
    first, second = drawn(IMAGE, 2)
    assert not (first == second).any()


def test_images_are_normal():
    values = drawn(IMAGE, 500, {"dims": ["batch", 3, 4, 4], "kind": "normal"})
    assert abs(values.mean()) < 0.05
    assert 0.95 < values.std() < 1.05


def test_whole_numbers_stay_in_their_bounds():
    values = drawn(
        Tensor("x", "int64", (None, 50)), 50, {"dims": ["batch", 50], "kind": "integers", "low": 3, "high": 6}
    )
    assert set(np.unique(values)) == {3, 4, 5}


def test_tokens_begin_with_start_and_end_once_with_the_largest_id():
    rows = drawn(Tensor("text", "int64", (None, 77)), 200, {"dims": ["batch", 77], "kind": "tokens", "high": 49408})
    ends = rows.argmax(axis=1)
    assert (rows[:, 0] == 49406).all()
    assert (rows.max(axis=1) == 49407).all()
    assert ((rows == 49407).sum(axis=1) == 1).all()
    for row, end in zip(rows, ends, strict=True):
        assert (row[end + 1 :] == 0).all()
        assert (row[1:end] > 0).all()
        assert (row[1:end] < 49406).all()
    assert len(set(ends)) > 20, "sentences have different lengths"


def test_dimensions_that_the_file_leaves_open_come_from_the_description():
    assert drawn(Tensor("x", "float32", (None, None)), 2, {"dims": ["batch", 9], "kind": "normal"}).shape == (2, 9)


def test_dimensions_that_nothing_tells_are_asked_for():
    with pytest.raises(UsageError, match=r"Input x has unknown dimensions \[1\] .* such as --shape x=3,224,224"):
        drawn(Tensor("x", "float32", (None, None, 4)), 2)


def test_a_scalar_input_has_no_batch():
    assert drawn(Tensor("scale", "float32", ()), 8).shape == ()


def test_a_batch_size_that_the_model_does_not_take_is_unsupported():
    with pytest.raises(Unsupported, match=r"batch is fixed at 4 \(input image\), batch size 1 was asked for"):
        drawn(Tensor("image", "float32", (4, 3)), 1)
    assert drawn(Tensor("image", "float32", (4, 3)), 4).shape == (4, 3)


@pytest.mark.parametrize(
    ("dims", "sentence"),
    [(["batch", 3], r"takes 4 dimensions"), (["batch", 3, 4, 5], r"has 4 in dimension 3 .*, 5 was given")],
)
def test_a_description_that_does_not_fit_the_file_is_refused(dims: list[Any], sentence: str):
    with pytest.raises(UsageError, match=sentence):
        drawn(IMAGE, 2, {"dims": dims, "kind": "normal"})


def saved(folder: Path, values: np.ndarray) -> dict[str, Any]:
    np.save(folder / "x.npy", values)
    return {"dims": ["batch", *values.shape[1:]], "kind": "file", "path": str(folder / "x.npy")}


def test_real_data_is_taken_from_its_beginning_and_again_when_it_is_over(tmp_path: Path):
    values = np.arange(6, dtype=np.float64).reshape(3, 2)
    batch = drawn(Tensor("x", "float32", (None, 2)), 5, saved(tmp_path, values))
    assert batch.dtype == np.float32
    assert batch[:, 0].tolist() == [0, 2, 4, 0, 2]


@pytest.mark.parametrize("shape", [(0, 2), (3, 5)])
def test_real_data_of_another_shape_is_refused(shape: tuple[int, ...], tmp_path: Path):
    described = {**saved(tmp_path, np.zeros(shape)), "dims": ["batch", 2]}
    with pytest.raises(UsageError, match=rf"--input .*x.npy: it holds \({shape[0]}, {shape[1]}\), dimensions \(2,\)"):
        drawn(Tensor("x", "float32", (None, 2)), 2, described)


def test_pickled_objects_are_not_loaded(tmp_path: Path):
    np.save(tmp_path / "x.npy", np.array([{"any": "object"}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="Python objects"):
        drawn(
            Tensor("x", "float32", (None, 1)),
            1,
            {"dims": ["batch", 1], "kind": "file", "path": str(tmp_path / "x.npy")},
        )


def test_the_share_of_denormal_numbers_is_counted_over_floats():
    values = np.array([0.0, 1e-40, -1e-45, 1.0], np.float32)
    assert denormal_share({"x": values, "ids": np.zeros(100, np.int64)}) == 0.5
    assert denormal_share({"ids": np.zeros(3, np.int64)}) == 0.0
