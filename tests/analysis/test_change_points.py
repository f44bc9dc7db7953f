"""Where the level of a series changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruptures import Pelt
from ruptures.costs import CostL1

from clipperf.analysis.change_points import SHORTEST, _AbsoluteDeviations, change_points
from clipperf.analysis.night_noise import LEAST, noise_about, rough_noise


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=30))
def test_the_cost_is_that_of_ruptures(values: list[float]):
    signal = np.array(values).reshape(-1, 1)
    ours, theirs = _AbsoluteDeviations().fit(signal), CostL1().fit(signal)
    for start in range(len(values) - 1):
        for end in range(start + 2, len(values) + 1):
            assert ours.error(start, end) == pytest.approx(theirs.error(start, end), abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(SHORTEST, 30))
def test_the_points_are_those_of_ruptures(seed: int, first: int):
    values = np.random.default_rng(seed).standard_normal(40)
    values[first:] -= 4
    penalty = 1.5 * np.log(40)
    theirs = Pelt(model="l1", min_size=SHORTEST, jump=1).fit(values.reshape(-1, 1)).predict(pen=penalty)
    assert change_points(values, 1.0) == theirs[:-1]


def test_a_step_is_found_where_it_is_once_three_nights_tell_it():
    values = np.random.default_rng(1).normal(0, 1, 43)
    values[40:] -= 6
    assert change_points(values[:42], 1.0) in ([], [39])
    assert change_points(values, 1.0) == [40]


def test_a_single_night_is_no_level_however_bad():
    values = np.random.default_rng(2).normal(0, 1, 40)
    values[20] -= 100
    assert change_points(values, 1.0) == []


@pytest.mark.parametrize("nights", [0, 1, 5])
def test_too_few_nights_have_no_change_point(nights: int):
    assert change_points(np.arange(nights) * 100.0, 1.0) == []


@pytest.mark.parametrize("nights", [6, 7, 8, 9, 10, 11, 30, 60])
def test_the_noise_about_a_level_is_that_of_the_nights(nights: int):
    random = np.random.default_rng(3)
    drawn = [noise_about(np.zeros(nights), 0.01 * random.standard_normal(nights)) for _ in range(2000)]
    assert np.mean(drawn) == pytest.approx(0.01, rel=0.06)


def test_steps_and_bad_nights_hardly_count_as_noise():
    values = np.random.default_rng(4).normal(0, 0.01, 60)
    values[30:] -= 0.2
    values[[5, 17, 44]] -= 0.5
    assert rough_noise(values) == pytest.approx(0.01, rel=0.5)
    assert noise_about(np.repeat([0, -0.2], 30), values) == pytest.approx(0.01, rel=0.25)


def test_a_device_without_noise_is_not_believed_to_have_none():
    assert rough_noise(np.zeros(8)) == noise_about(np.zeros(8), np.zeros(8)) == LEAST
