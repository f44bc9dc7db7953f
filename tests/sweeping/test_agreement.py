"""Answers held against a reference: means and minima, what is missing, and the bound of each precision."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clipperf.errors import WrongOutput
from clipperf.sweeping.agreement import Agreement, agreement_of, check_agreement
from clipperf.worker.sampled import write_rows

EXACT = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
TILTED = np.array([[1.0, 0.0], [0.6, 0.8]], dtype=np.float32)


def written(path: Path, **outputs: np.ndarray) -> Path:
    write_rows(str(path), outputs)
    return path


def test_mean_and_least_are_over_all_samples_outputs_and_workers(tmp_path: Path):
    reference = written(tmp_path / "reference", a=EXACT, b=EXACT)
    same = written(tmp_path / "same", a=EXACT, b=EXACT)
    other = written(tmp_path / "other", b=TILTED, a=EXACT, more=EXACT)
    assert agreement_of(reference, [same]) == Agreement(1.0, 1.0)
    found = agreement_of(reference, [same, other])
    assert (found.mean, found.least) == pytest.approx(((7 + 0.8) / 8, 0.8))


def test_any_name_of_an_output_is_kept(tmp_path: Path):
    names = ["file", "names", "rows0", "a/b", "Ünï"]
    reference = tmp_path / "reference"
    write_rows(str(reference), dict.fromkeys(names, EXACT))
    assert agreement_of(reference, [reference]) == Agreement(1.0, 1.0)


@pytest.mark.parametrize(
    ("outputs", "sentence"),
    [
        ({"b": EXACT}, "Output a has no row of floats per sample here"),
        ({"a": np.ones((2, 3))}, "Output a is of another size than in fp32 on onnxruntime"),
    ],
)
def test_answers_that_cannot_be_compared_are_wrong(outputs: dict[str, np.ndarray], sentence: str, tmp_path: Path):
    reference = written(tmp_path / "reference", a=EXACT)
    with pytest.raises(WrongOutput, match=sentence):
        agreement_of(reference, [written(tmp_path / "answers", **outputs)])


def test_a_model_without_rows_of_floats_is_not_waved_through(tmp_path: Path):
    nothing = written(tmp_path / "nothing")
    with pytest.raises(WrongOutput, match="no output of the model has a row of floats per sample"):
        agreement_of(nothing, [nothing])


@pytest.mark.parametrize(
    ("precision", "least", "is_right"),
    [
        ("fp32", 0.9999, True),
        ("fp32", 0.9998, False),
        ("fp16", 0.9998, True),
        ("bf16", 0.98, False),
        ("int8", 0.98, True),
        ("int8", 0.9, False),
        ("int4", 0.96, True),
        ("int4", 0.9, False),
        ("fp32", float("nan"), False),
    ],
)
def test_the_farthest_sample_decides_by_the_bound_of_the_precision(precision: str, least: float, is_right: bool):
    found = Agreement(0.99995, least)
    if is_right:
        check_agreement(found, precision)
        return
    with pytest.raises(WrongOutput, match=rf"and {least:.5f} for the farthest sample, {precision} has to reach 0\.9"):
        check_agreement(found, precision)
