"""The cosine of rows: its bounds, its edges, and the bounds of each precision."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clipperf.measure.cosine import LEAST_COSINE, cosines

ROWS = arrays(np.float32, (3, 5), elements=st.floats(-1e3, 1e3, width=32))


def test_it_is_that_of_each_row_by_itself():
    reference = np.array([[1.0, 0.0], [3.0, 4.0], [1.0, 1.0], [2.0, 0.0]])
    answers = np.array([[0.0, 2.0], [6.0, 8.0], [-1.0, -1.0], [1.0, 1.0]])
    np.testing.assert_allclose(cosines(reference, answers), [0.0, 1.0, -1.0, 0.5**0.5], atol=1e-15)


@given(ROWS, ROWS)
def test_it_lies_between_minus_one_and_one_either_way_round(one: np.ndarray, other: np.ndarray):
    found = cosines(one, other)
    assert ((found >= -1) & (found <= 1)).all()
    np.testing.assert_array_equal(found, cosines(other, one))


@given(ROWS)
def test_a_row_agrees_with_itself(rows: np.ndarray):
    np.testing.assert_allclose(cosines(rows, rows), 1.0, atol=1e-12)


@pytest.mark.parametrize("precision", [np.float16, np.float32])
def test_long_rows_are_summed_in_double_precision(precision: type):
    rows = np.random.default_rng(0).standard_normal((2, 100_000)).astype(precision)
    np.testing.assert_allclose(cosines(rows, rows * precision(4)), 1.0, atol=1e-12)


def test_zeros_agree_with_zeros_and_with_nothing_else():
    reference, answers = np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 0.0]]), np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    assert cosines(reference, answers).tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_above_no_bound(value: float):
    found = cosines(np.array([[1.0, 1.0]]), np.array([[value, 1.0]]))
    assert not (found >= -1).any()


def test_rows_of_any_rank_are_compared_whole():
    rows = np.arange(1.0, 13.0).reshape(2, 3, 2)
    assert cosines(rows, rows).shape == (2,)


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"rows of \(2, 3\) cannot be held against a reference of \(2, 4\)"):
        cosines(np.ones((2, 4)), np.ones((2, 3)))


@pytest.mark.parametrize(("precision", "bits"), [("fp32", 24), ("fp16", 11), ("bf16", 8), ("int8", 7)])
def test_a_chain_of_rounded_products_is_well_within_the_bound_of_its_precision(precision: str, bits: int):
    """As deep as ViT-L/14: 24 blocks of four products, no residual path that would hide the errors."""
    random = np.random.default_rng(1)
    exact = rounded = random.standard_normal((8, 256))
    for _ in range(4 * 24):
        weights = random.standard_normal((256, 256)) / 16
        exact = normed(exact @ weights)
        rounded = normed(to_bits(rounded, bits) @ to_bits(weights, bits))
    assert cosines(exact, rounded).min() > LEAST_COSINE[precision]
    assert list(LEAST_COSINE.values()) == sorted(LEAST_COSINE.values(), reverse=True)


def normed(rows: np.ndarray) -> np.ndarray:
    return rows / rows.std(axis=1, keepdims=True)


def to_bits(values: np.ndarray, bits: int) -> np.ndarray:
    """Rounded to so many significant bits."""
    mantissa, exponent = np.frexp(values)
    return np.ldexp(np.round(mantissa * 2.0**bits) / 2.0**bits, exponent)
