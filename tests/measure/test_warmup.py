"""Warm-ups in virtual time: how long they take, and which say that they found the load steady."""

from __future__ import annotations

import math

import numpy as np
import pytest
from coverage_study import default_rule

from clipperf.measure.samples import Samples
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.warmup import WarmUp, judge_warmup
from clipperf.validation.virtual import closed_load

MS, S = 1_000_000, 1_000_000_000
LOOK_NS = 50 * MS


def warm_up(durations_ns: np.ndarray, slots: int = 1, rule: StopRule | None = None) -> tuple[str, float]:
    """How it ended and after how many seconds, looked at every 50 ms."""
    rule = rule or default_rule()
    samples = closed_load([durations_ns[np.newaxis, :].astype(np.int64)], slots).samples(0)
    for now_ns in range(LOOK_NS, int(samples.completed_ns[-1]), LOOK_NS):
        seen = samples.select(samples.completed_ns <= now_ns)
        found = judge_warmup(rule, seen, slots, 0, now_ns)
        if found.ended:
            return found.how, now_ns / S
    raise AssertionError("the samples did not last")


def noisy(mean_ns: float, requests: int, deviation: float = 0.01, seed: int = 0) -> np.ndarray:
    return mean_ns * (1 + deviation * np.random.default_rng(seed).standard_normal(requests))


def test_a_number_of_requests_of_every_slot():
    assert warm_up(np.full(500, 20 * MS), 4, StopRule(5, 0)) == ("fixed", pytest.approx(0.4, abs=0.051))


def test_a_time_and_at_least_one_request():
    assert warm_up(np.full(500, 20 * MS), rule=StopRule(1, S)) == ("fixed", pytest.approx(1.0, abs=0.051))
    assert warm_up(np.full(9, 3 * S), rule=StopRule(1, S)) == ("fixed", pytest.approx(3.0, abs=0.051))


@pytest.mark.parametrize(
    ("request_ns", "slots", "least_s", "most_s"),
    [
        (150_000, 1, 0.5, 0.56),
        (5 * MS, 1, 0.5, 0.56),
        (5 * MS, 4, 0.5, 0.56),
        (60 * MS, 1, 1.1, 2.0),
        (60 * MS, 3, 3.3, 4.5),
        (200 * MS, 1, 3.7, 6.05),
    ],
)
def test_a_steady_device_is_soon_found_steady(request_ns: int, slots: int, least_s: float, most_s: float):
    how, seconds = warm_up(noisy(request_ns, 60_000 if request_ns < MS else 5000), slots)
    assert how == "steady"
    assert least_s <= seconds <= most_s


@pytest.mark.parametrize("seed", range(20))
def test_sixty_millisecond_requests_take_one_to_two_seconds(seed: int):
    how, seconds = warm_up(noisy(60 * MS, 300, 0.03, seed))
    assert how == "steady"
    assert 1.1 <= seconds <= 2.5


def test_requests_of_three_seconds_take_two():
    assert warm_up(np.full(20, 3 * S)) == ("bound", pytest.approx(6.0, abs=0.1))
    assert warm_up(np.full(20, 10 * S)) == ("bound", pytest.approx(20.0, abs=0.1))


@pytest.mark.parametrize("seed", range(10))
def test_it_lasts_until_a_transient_is_over(seed: int):
    at_s = np.arange(2000) * 0.005
    durations_ns = noisy(5 * MS, 2000, 0.01, seed) * (1 + 0.5 * np.exp(-at_s / 0.4))
    how, seconds = warm_up(durations_ns)
    assert how == "steady"
    # What is left of the transient then is under 2 %.
    assert 0.5 * math.exp(-seconds / 0.4) < 0.02


def test_a_device_that_never_becomes_steady_reaches_the_bound():
    durations_ns = 5 * MS * 1.002 ** np.arange(3000)
    assert warm_up(durations_ns)[0] == "bound"
    assert warm_up(durations_ns)[1] == pytest.approx(6.0, abs=0.1)


def test_a_device_that_answers_at_once_is_bounded_by_requests():
    at = np.arange(1, 10_001)
    samples = Samples(at - 1, at - 1, at, at * 0, at * 0)
    assert judge_warmup(default_rule(), samples, 1, 0, 10_000) == WarmUp(True, "bound")


def test_no_slot_enters_the_window_cold():
    at = np.arange(1, 1001) * MS
    samples = Samples(at - MS, at - MS, at, np.zeros(1000, dtype=int), np.zeros(1000, dtype=int))
    assert not judge_warmup(default_rule(), samples, 2, 0, S).ended
