"""Times that an SDK tells, put beside the requests that they belong to."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clipperf.measure.samples import pool
from clipperf.measure.stages import times_by_request


@given(st.lists(st.integers(0, 20), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_every_request_gets_the_time_that_its_slot_told_of_it(counts: list[int], random):
    records, times = [], []
    for count in counts:
        completed = sorted(random.sample(range(1, 10_000), count))
        records.append(np.array([[at - 1, at - 1, at] for at in completed], dtype=np.int64).reshape(-1, 3))
        # Told by the slot's own word for the request: the instant of its completion.
        times.append([float(at) for at in completed])
    samples = pool(records, 1)
    np.testing.assert_array_equal(times_by_request(samples, times), samples.completed_ns)


def test_what_is_not_told_is_not_a_number():
    records = [np.array([[0, 0, at] for at in (5, 7)]), np.array([[0, 0, 6]])]
    samples = pool(records, 1)
    np.testing.assert_array_equal(times_by_request(samples, [[1.0], []]), [1.0, np.nan, np.nan])
    np.testing.assert_array_equal(times_by_request(samples, []), [np.nan] * 3)


def test_times_beyond_the_samples_are_left_out():
    samples = pool([np.array([[0, 0, 5]])], 1)
    np.testing.assert_array_equal(times_by_request(samples, [[1.0, 2.0]]), [1.0])
