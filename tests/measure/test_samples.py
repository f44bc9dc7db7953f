"""Pooling what the slots recorded."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clipperf.measure.samples import Samples, pool

slot_record = st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 50), st.integers(1, 100)), max_size=30)


def record(rows: list[tuple[int, int, int]]) -> np.ndarray:
    """Scheduled, issued a while later, completed a while after that."""
    return np.array([(due, due + late, due + late + took) for due, late, took in rows], dtype=np.int64).reshape(-1, 3)


@given(st.lists(slot_record, max_size=6), st.integers(1, 3))
def test_pooling_keeps_every_request_with_its_slot(rows: list[list[tuple[int, int, int]]], slots_per_instance: int):
    records = [record(one) for one in rows]
    samples = pool(records, slots_per_instance)
    assert (np.diff(samples.completed_ns) >= 0).all()
    for slot, one in enumerate(records):
        mine = samples.select(samples.slot == slot)
        kept = np.stack([mine.scheduled_ns, mine.issued_ns, mine.completed_ns], axis=1)
        assert sorted(map(tuple, kept)) == sorted(map(tuple, one))
        assert (mine.instance == slot // slots_per_instance).all()
        assert (mine.latency_ns >= mine.service_ns).all()
    assert len(samples) == sum(map(len, rows))


def test_a_row_that_is_not_written_yet_is_left_out():
    samples = pool([np.array([[1, 1, 2], [3, 3, 0]])], 1)
    assert samples.completed_ns.tolist() == [2]


def test_a_loop_is_open_where_a_request_was_due_before_it_was_issued():
    at = np.array([10, 20])
    assert not Samples(at, at, at + 5, at * 0, at * 0).is_open
    assert Samples(at - 1, at, at + 5, at * 0, at * 0).is_open
