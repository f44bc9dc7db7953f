"""A model's answer is looked at before it is timed."""

from __future__ import annotations

import numpy as np
import pytest

from clipperf.errors import WrongOutput
from clipperf.runners.base import Signature, Tensor
from clipperf.worker.answers import check_answers

SIGNATURE = Signature((), (Tensor("embed", "float32", (None, 3)), Tensor("ids", "int64", (None,))))
GOOD = {"embed": np.arange(6, dtype=np.float32).reshape(2, 3), "ids": np.zeros(2, dtype=np.int64)}


def test_a_good_answer_passes():
    check_answers(SIGNATURE, GOOD, 2)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"embed": np.ones((2, 4), np.float32)}, r"Output embed has shape \(2, 4\), the model says \(None, 3\)"),
        ({"embed": np.ones(3, np.float32)}, r"Output embed has shape \(3,\), the model says \(None, 3\)"),
        ({"ids": np.zeros((2, 1), np.int64)}, r"Output ids has shape \(2, 1\), the model says \(None,\)"),
        ({"embed": np.full((2, 3), 0.5, np.float32)}, "Output embed is constant: all 6 values are 0.5"),
        ({"embed": np.array([[1, np.nan, 2]] * 2, np.float32)}, "Output embed holds 2 values of 6 that are not finite"),
        ({"embed": np.array([[1, np.inf, -np.inf]] * 2, np.float16)}, "Output embed holds 4 values of 6"),
        ({"embed": GOOD["embed"][:1]}, r"Output embed has shape \(1, 3\), too few rows for a batch of 2"),
        ({"ids": np.zeros(0, np.int64)}, r"Output ids has shape \(0,\), too few rows for a batch of 2"),
    ],
)
def test_a_wrong_answer_is_refused_with_what_is_wrong(changes: dict[str, np.ndarray], sentence: str):
    with pytest.raises(WrongOutput, match=sentence):
        check_answers(SIGNATURE, {**GOOD, **changes}, 2)


def test_an_output_that_is_missing_is_named_with_those_given():
    with pytest.raises(WrongOutput, match="Output embed is missing; the runner gave other"):
        check_answers(SIGNATURE, {"other": GOOD["embed"]}, 2)


def test_an_output_that_the_file_does_not_tell_is_looked_at_too():
    check_answers(Signature((), ()), GOOD, 2)
    with pytest.raises(WrongOutput, match="Output embed is constant"):
        check_answers(Signature((), ()), {**GOOD, "embed": np.ones((2, 3), np.float32)}, 2)


def test_no_output_at_all_is_wrong():
    with pytest.raises(WrongOutput, match="no output at all"):
        check_answers(Signature((), ()), {}, 1)


def test_whole_numbers_may_be_constant():
    check_answers(Signature((), (Tensor("ids", "int64", (None,)),)), {"ids": np.zeros(4, np.int64)}, 4)


def test_a_single_value_is_not_constant():
    check_answers(Signature((), (Tensor("score", "float32", (None,)),)), {"score": np.ones(1, np.float32)}, 1)


def test_a_sample_may_have_several_rows():
    check_answers(SIGNATURE, {**GOOD, "ids": np.zeros(6, np.int64)}, 2)


def test_a_fixed_first_dimension_is_the_file_s_own_business():
    pooled = Signature((), (Tensor("mean", "float32", (1, 3)), Tensor("loss", "float32", ())))
    check_answers(pooled, {"mean": GOOD["embed"][:1], "loss": np.float32(0.5).reshape(())}, 8)
