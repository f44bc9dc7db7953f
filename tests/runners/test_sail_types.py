"""Numbers to SAIL's tensors and back: scales of quantised ones, and the types that numpy does not have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from clipperf.errors import Unsupported
from clipperf.runners.sail_types import Port, from_device, to_device

FLOATS = arrays.arrays(np.float32, 16, elements=st.floats(-1e4, 1e4, width=32))


SCALES = st.floats(0.01, 1000).filter(lambda scale: scale != 1)


def port(kind: str, scale: float = 1.0) -> Port:
    return Port("image", kind, (16,), scale, None)


@given(FLOATS)
def test_float16_goes_as_its_bits(values: np.ndarray):
    sent = to_device(port("BM_FLOAT16"), values)
    assert sent.dtype == np.uint16
    np.testing.assert_array_equal(from_device(port("BM_FLOAT16"), sent), values.astype(np.float16))


@given(FLOATS)
def test_bfloat16_is_the_nearest_one(values: np.ndarray):
    sent = to_device(port("BM_BFLOAT16"), values)
    back = from_device(port("BM_BFLOAT16"), sent)
    assert (sent.dtype, back.dtype) == (np.uint16, np.float32)
    # Seven bits after the first: half of the last one is 2⁻⁸ of the number.
    # Below the smallest normal one they lie 2⁻¹³³ apart.
    assert (np.abs(back.astype(float) - values) <= np.maximum(np.abs(values.astype(float)) * 2.0**-8, 2.0**-134)).all()
    np.testing.assert_array_equal(to_device(port("BM_BFLOAT16"), back), sent)


def test_what_is_no_number_stays_none():
    values = np.array([np.nan, -np.nan, np.inf, -np.inf], np.float32)
    for kind in ("BM_FLOAT16", "BM_BFLOAT16"):
        np.testing.assert_array_equal(from_device(port(kind), to_device(port(kind), values)), values)


@given(FLOATS, SCALES, st.sampled_from(["BM_INT8", "BM_UINT8", "BM_INT32"]))
def test_quantised_numbers_are_scaled_rounded_and_kept_within_the_type(values: np.ndarray, scale: float, kind: str):
    sent = to_device(port(kind, scale), values)
    limits = np.iinfo(sent.dtype)
    assert sent.dtype == kind.partition("_")[2].lower()
    expected = np.clip(np.rint(values.astype(np.float64) * scale), limits.min, limits.max)
    np.testing.assert_array_equal(sent.astype(np.float64), expected)


@given(st.integers(-128, 127), SCALES)
def test_what_comes_back_is_scaled_too(held: int, scale: float):
    back = from_device(port("BM_INT8", scale), np.array([held], np.int8))
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, [held * scale], rtol=1e-5)


@pytest.mark.parametrize(("kind", "dtype"), [("BM_INT32", "int32"), ("BM_UINT8", "uint8"), ("BM_FLOAT32", "float32")])
def test_what_is_not_quantised_goes_as_it_is(kind: str, dtype: str):
    assert port(kind).dtype == dtype
    values = np.arange(16, dtype=dtype)[::-1]
    sent = to_device(port(kind), values)
    assert sent.flags.c_contiguous
    np.testing.assert_array_equal(from_device(port(kind), sent), values)


def test_a_quantised_tensor_is_one_of_floats_to_the_user():
    assert (port("BM_INT8", 4.0).dtype, port("BM_INT8").dtype, port("BM_FLOAT16", 4.0).dtype) == (
        "float32",
        "int8",
        "float16",
    )


def test_a_type_that_sail_does_not_move_is_refused():
    with pytest.raises(Unsupported, match="image holds BM_INT64; SAIL moves BM_FLOAT32"):
        port("BM_INT64")
