"""The common scale of test statistics against scipy's exact distributions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import f as fisher
from scipy.stats import norm
from scipy.stats import t as student

from clipperf.measure.probability import largest_split, normal_of_f, normal_of_t, two_sided


@pytest.mark.parametrize("z", [-3.0, 0.0, 0.5, 1.96, 6.0])
def test_two_sided(z: float):
    assert two_sided(z) == pytest.approx(2 * norm.sf(abs(z)), rel=1e-12)


@pytest.mark.parametrize("freedom", [3, 5, 20, 250])
@pytest.mark.parametrize("t", [-4.0, 0.0, 1.0, 2.5, 6.0])
def test_students_t_on_the_normal_scale(t: float, freedom: int):
    exact = -norm.ppf(student.sf(t, freedom)) if t < 0 else norm.isf(student.sf(t, freedom))
    assert normal_of_t(t, freedom) == pytest.approx(exact, abs=0.05)


@pytest.mark.parametrize(("above", "below"), [(4, 20), (9, 90), (9, 240)])
@pytest.mark.parametrize("f", [0.5, 1.0, 2.0, 3.5, 6.0])
def test_fishers_f_on_the_normal_scale(f: float, above: int, below: int):
    assert normal_of_f(f, above, below) == pytest.approx(norm.isf(fisher.sf(f, above, below)), abs=0.1)


def test_the_clearest_split_of_noise_is_as_rare_as_told():
    random = np.random.default_rng(5)
    number, margin = 200, 0.05
    series = random.standard_normal((10_000, number))
    series -= series.mean(axis=1, keepdims=True)
    before = np.arange(round(margin * number), number - round(margin * number) + 1)
    clearest = np.abs(np.cumsum(series, axis=1)[:, before - 1] / np.sqrt(before * (1 - before / number))).max(axis=1)
    for z in (3.0, 3.3, 3.6):
        told, found = largest_split(z, margin), float((clearest >= z).mean())
        # The formula is of a process in continuous time; a series looks at it 181 times only, and errs to be silent.
        assert 0.5 * told < found < 1.1 * told


def test_a_split_that_is_nothing_special_is_certain():
    assert largest_split(1.0, 0.05) == 1.0
