"""Ranks against scipy."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from clipperf.measure.ranks import ranks_of


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=60))
def test_equal_values_share_the_mean_of_their_ranks(values: list[int]):
    assert np.array_equal(ranks_of(np.array(values)), rankdata(values))
