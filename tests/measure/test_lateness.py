"""Lateness of the harness apart from the queue of the device."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clipperf.measure.lateness import lateness_ns, slot_free_ns
from clipperf.measure.samples import Samples
from clipperf.validation.virtual import closed_load, open_load


def test_only_what_no_earlier_request_caused_is_the_harness():
    scheduled, issued, completed = np.array([[10, 10, 30], [12, 33, 50], [60, 64, 80], [85, 85, 99]]).T
    samples = Samples(scheduled, issued, completed, np.zeros(4, dtype=int), np.zeros(4, dtype=int))
    assert slot_free_ns(samples).tolist() == [0, 30, 50, 80]
    assert lateness_ns(samples).tolist() == [0, 3, 4, 0]


def test_slots_are_told_apart():
    scheduled, issued, completed = np.array([[10, 10, 100], [20, 20, 30], [40, 41, 110], [50, 105, 120]]).T
    order = np.argsort(completed)
    slot = np.array([0, 1, 1, 0])
    samples = Samples(scheduled[order], issued[order], completed[order], slot[order], slot[order] * 0)
    assert lateness_ns(samples)[np.argsort(order)].tolist() == [0, 0, 1, 5]


@given(st.integers(0, 2**32 - 1), st.integers(1, 120), st.integers(1, 5))
def test_a_perfect_harness_is_never_late(seed: int, requests: int, slots: int):
    random = np.random.default_rng(seed)
    service_ns = random.integers(1, 1000, (1, requests))
    arrivals_ns = np.sort(random.integers(1, 400 * requests, (1, requests)))
    assert (lateness_ns(open_load([service_ns], arrivals_ns, slots).samples(0)) == 0).all()
    assert (lateness_ns(closed_load([service_ns], slots, start_ns=0).samples(0)) == 0).all()
