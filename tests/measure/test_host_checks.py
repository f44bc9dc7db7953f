"""The checks of the host as functions of plain numbers: their thresholds, their sentences, their silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.measure import host_checks
from clipperf.measure.host_checks import (
    check_denormals,
    check_frequency,
    check_heat,
    check_monitor_cost,
    check_others,
    check_quota,
    check_steal,
    check_swap,
    check_threads,
    check_throttling,
)
from clipperf.measure.row_warning import RowWarning

share = st.floats(0, 1)
count = st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("quiet", "loud", "code"),
    [
        (lambda: check_others(0.05, 0.0, 2), lambda: check_others(0.051, 0.0, 2), "host-busy"),
        (lambda: check_others(0.069, 0.02, 2), lambda: check_others(0.071, 0.02, 2), "host-busy"),
        (lambda: check_steal(0.01, 0.0), lambda: check_steal(0.011, 0.0), "steal"),
        (lambda: check_throttling(0, 0.0), lambda: check_throttling(1, 0.02), "throttled"),
        (lambda: check_frequency(2851, 3000), lambda: check_frequency(2849, 3000), "frequency-change"),
        (lambda: check_threads(2, 2, 4), lambda: check_threads(2, 3, 4), "oversubscribed"),
        (lambda: check_quota(2.0, 2), lambda: check_quota(1.5, 2), "cpu-quota"),
        (lambda: check_swap(0, 0), lambda: check_swap(1, 0), "swap"),
        (lambda: check_swap(0, None), lambda: check_swap(None, 7), "swap"),
        (lambda: check_heat(90, 5), lambda: check_heat(96, 4), "hot"),
        (lambda: check_heat(90, None, 0), lambda: check_heat(None, None, 3), "hot"),
        (lambda: check_monitor_cost(0.01), lambda: check_monitor_cost(0.02), "monitor-cost"),
        (lambda: check_denormals(0.001), lambda: check_denormals(0.5), "denormal-inputs"),
    ],
)
def test_each_check_speaks_past_its_threshold_only(
    quiet: Callable[[], RowWarning | None], loud: Callable[[], RowWarning | None], code: str
) -> None:
    assert quiet() is None
    warning = loud()
    assert warning is not None
    assert warning.code == code
    for text in (warning.sentence, warning.remedy):
        assert not text[0].islower()
        assert text.endswith(".")


def test_what_the_host_does_not_tell_is_no_warning() -> None:
    assert check_others(None, 0.1, 2) is None
    assert check_steal(None, 0.1) is None
    assert check_throttling(None, None) is None
    assert check_frequency(None, 3000) is None
    assert check_threads(None, 4, 2) is None
    assert check_threads(4, 4, None) is None
    assert check_quota(None, 2) is None
    assert check_quota(1.5, None) is None
    assert check_swap(None, None) is None
    assert check_heat(None, None) is None
    assert check_heat(60, None) is None
    assert check_monitor_cost(None) is None
    assert check_denormals(None) is None


@given(share, share, share, st.integers(1, 256))
def test_more_work_of_others_never_removes_the_warning(few: float, more: float, resolution: float, cores: int) -> None:
    if check_others(few, resolution, cores) is not None:
        assert check_others(min(1.0, few + more), resolution, cores) is not None or few + more > 1


@given(share, share, share)
def test_more_steal_never_removes_the_warning(few: float, more: float, resolution: float) -> None:
    if check_steal(few, resolution) is not None:
        assert check_steal(few + more, resolution) is not None


@given(st.integers(1, 64), st.integers(1, 64), st.integers(1, 256))
def test_the_remedy_for_too_many_threads_ends_the_warning(threads: int, instances: int, cores: int) -> None:
    if check_threads(threads, instances, cores) is not None and instances <= cores:
        assert check_threads(cores // instances, instances, cores) is None


@given(st.floats(400, 6000), st.floats(400, 6000))
def test_a_steady_clock_and_one_read_once_are_silent(one: float, other: float) -> None:
    assert check_frequency(one, one) is None
    lowest, highest = sorted((one, other))
    assert (check_frequency(lowest, highest) is None) == (1 - lowest / highest <= host_checks.FREQUENCY_CHANGE)


def test_the_sentences_hold_the_figures() -> None:
    others = check_others(0.5031, 0.0067, 2)
    assert others is not None
    assert others.sentence == "Other programs took 50.3 % of the 2 cores in use during the window."
    throttled = check_throttling(7, 0.35)
    assert throttled is not None
    assert (
        throttled.sentence == "The container's processor quota was used up 7 times; all threads stood still for 0.35 s."
    )
    threads = check_threads(4, 2, 2)
    assert threads is not None
    assert threads.sentence == "8 threads (2 instances × 4) share 2 cores and wait for each other."
    assert "Give each instance 1 thread " in threads.remedy
    swap = check_swap(12, 1000)
    assert swap is not None
    assert swap.sentence == "12 pages came back from swap and 1000 went there during the window."
    heat = check_heat(97, 3, 3)
    assert heat is not None
    assert heat.sentence == "Heat slowed the processor 3 times, at up to 97 °C."
