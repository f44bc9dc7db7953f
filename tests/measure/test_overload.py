"""An open loop whose queue grows says so; one that is merely busy does not."""

from __future__ import annotations

import numpy as np
import pytest

from clipperf.measure.overload import check_overload
from clipperf.measure.row_warning import RowWarning
from clipperf.measure.window import Window
from clipperf.validation.virtual import VirtualLoad, open_load

MS = 1_000_000
RUNS, REQUESTS = 100, 2000


def loaded(load: float, slots: int = 1, constant: bool = False) -> VirtualLoad:
    random = np.random.default_rng(round(1000 * load))
    shape = (RUNS, REQUESTS)
    gaps_ns = np.full(shape, MS / load) if constant else random.exponential(MS / load, shape)
    return open_load([np.full(shape, MS)], np.cumsum(gaps_ns, axis=1).astype(np.int64), slots)


def check(found: VirtualLoad, run: int, rate: float) -> RowWarning | None:
    samples = found.samples(run)
    return check_overload(samples, Window(int(samples.completed_ns[200]), int(samples.completed_ns[-1])), rate)


def share_of_alarms(load: float, slots: int = 1) -> float:
    found = loaded(load, slots)
    return float(np.mean([check(found, run, 1000 * load) is not None for run in range(RUNS)]))


@pytest.mark.parametrize(("load", "most"), [(0.5, 0.0), (0.9, 0.0), (0.95, 0.1)])
@pytest.mark.parametrize("slots", [1, 8])
def test_a_device_that_keeps_up(load: float, most: float, slots: int):
    assert share_of_alarms(load, slots) <= most


@pytest.mark.parametrize(("load", "least"), [(1.05, 0.85), (1.1, 1.0), (1.3, 1.0), (3.0, 1.0)])
@pytest.mark.parametrize("slots", [1, 8])
def test_a_device_that_does_not(load: float, least: float, slots: int):
    assert share_of_alarms(load, slots) >= least


def test_constant_arrivals_leave_no_doubt():
    assert check(loaded(0.99, constant=True), 0, 990) is None
    assert check(loaded(1.02, constant=True), 0, 1020) is not None


def test_both_rates_and_the_rise_are_told():
    warning = check(loaded(1.25, constant=True), 0, 1250)
    assert warning is not None
    assert warning.code == "overload"
    assert "1250 requests/s were offered, 1000 were served" in warning.sentence
    assert "--rate" in warning.remedy


def test_few_requests_tell_nothing():
    found = loaded(3.0)
    samples = found.samples(0).select(slice(0, 60))
    assert check_overload(samples, Window(0, int(samples.completed_ns[-1])), 3000.0) is None
