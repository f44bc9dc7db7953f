"""When a window closes: fixed lengths exactly, precision only at its checkpoints."""

from __future__ import annotations

import numpy as np
import pytest
from noises import normal

from clipperf.measure.samples import Samples
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.stopping import FEWEST_EFFECTIVE, GROWTH, Closing, is_precise
from clipperf.validation.virtual import closed_load, open_load

MS, S = 1_000_000, 1_000_000_000


def closed(durations_ns: np.ndarray, slots: int = 1) -> Samples:
    return closed_load([durations_ns[np.newaxis, :].astype(np.int64)], slots, (slots,), start_ns=0).samples(0)


def enough(rule: StopRule, samples: Samples, number: int) -> bool:
    inside = samples.select(slice(0, number))
    return Closing(rule, 0, 1).is_due(inside, int(inside.completed_ns[-1]))


def passes(rule: StopRule, samples: Samples) -> list[int]:
    """The numbers of requests at which the window could be closed."""
    return [number for number in range(1, len(samples) + 1) if enough(rule, samples, number)]


def test_iterations():
    samples, rule = closed(np.full(30, MS)), StopRule(0, 0, iterations=12)
    assert passes(rule, samples)[0] == 12


def test_duration():
    samples, rule = closed(np.full(30, MS)), StopRule(0, 0, duration_ns=12 * MS)
    assert passes(rule, samples)[0] == 12


@pytest.mark.parametrize("rule", [StopRule(0, 0), StopRule(0, 0, duration_ns=1), StopRule(0, 0, iterations=1)])
def test_never_without_a_request(rule: StopRule):
    assert not Closing(rule, 0, 1).is_due(closed(np.full(3, MS)).select(slice(0, 0)), 10**15)


@pytest.mark.parametrize(("request_ms", "first"), [(60, 100), (10, 100), (2, 500)])
def test_without_noise_the_least_number_and_duration_decide(request_ms: int, first: int):
    assert passes(StopRule(0, 0), closed(np.full(700, request_ms * MS)))[0] == first


def test_the_longest_duration_ends_it_imprecise():
    samples = closed(np.where(np.arange(400) % 7 == 0, 900, 10) * MS)
    rule = StopRule(0, 0)
    first = passes(rule, samples)[0]
    assert samples.completed_ns[first - 1] >= 30 * S > samples.completed_ns[first - 2]
    assert not is_precise(rule, samples.select(slice(0, first)), 0, 1)


def test_asked_while_it_grows_it_answers_as_if_asked_once():
    samples = closed(normal(0.03, 0.5).draw(np.random.default_rng(3), 1, 600)[0] * 20 * MS)
    rule = StopRule(0, 0)
    closing, growing = Closing(rule, 0, 1), [samples.select(slice(0, number)) for number in range(1, 601)]
    assert [closing.is_precise(inside) for inside in growing] == [is_precise(rule, inside, 0, 1) for inside in growing]


def test_between_checkpoints_the_answer_stays():
    samples = closed(normal(0.05).draw(np.random.default_rng(1), 1, 600)[0] * 20 * MS)
    rule = StopRule(0, 0)
    answers = [is_precise(rule, samples.select(slice(0, number)), 0, 1) for number in range(100, 601)]
    changes = {number for number in range(101, 601) if answers[number - 100] != answers[number - 101]}
    checkpoints, number = set(), 100.0
    while number <= 600:
        checkpoints.add(int(np.ceil(number)))
        number *= GROWTH
    assert changes <= checkpoints
    assert answers[-1]


def test_a_lucky_narrow_moment_is_not_taken():
    """Equal requests up to the first look, so that the interval is narrow there, but not over four fifths of them."""
    random = np.random.default_rng(2)
    durations_ns = np.concatenate([10 * MS * random.lognormal(0, 0.5, 80), np.full(20, 10 * MS)])
    assert not is_precise(StopRule(0, 0), closed(durations_ns), 0, 1)


@pytest.mark.parametrize(("correlation", "fewest"), [(0.0, 100), (0.5, 100), (0.9, 400)])
def test_dependent_requests_must_be_more(correlation: float, fewest: int):
    runs = normal(0.002, correlation).draw(np.random.default_rng(3), 20, 4000) * 20 * MS
    rule = StopRule(0, 0, max_duration_ns=10**15)
    firsts = []
    for run in runs:
        samples = closed(run)
        number = 100.0
        while not enough(rule, samples, int(np.ceil(number))):
            number *= GROWTH
        firsts.append(int(np.ceil(number)))
    # The interval itself is narrow enough from the start: 30 independent requests are what is waited for.
    worth = np.median(firsts) * (1 - correlation) / (1 + correlation)
    assert np.median(firsts) >= fewest
    assert worth >= 0.8 * FEWEST_EFFECTIVE


def test_an_open_loop_is_judged_by_its_response_time():
    random = np.random.default_rng(4)
    arrivals_ns = np.cumsum(random.exponential(10 * MS, (1, 3000)), axis=1).astype(np.int64)
    samples = open_load([np.full((1, 3000), MS)], arrivals_ns, 1).samples(0)
    rule = StopRule(0, 0, target_ci=0.03, max_duration_ns=10**15)
    first = next(number for number in range(100, 3001, 20) if enough(rule, samples, number))
    # The rate of 3,000 Poisson arrivals is known to no better than ±3.6 %, the response time long before that.
    assert first < 600


def test_fixed_lengths_ask_for_no_precision():
    assert StopRule(0, 0, iterations=1).is_fixed
    assert StopRule(0, 0, duration_ns=1).is_fixed
    assert not StopRule(0, 0).is_fixed


def test_the_longest_warm_up():
    assert StopRule(2, 5 * S).longest_warmup_ns == 5 * S
    assert StopRule(2, S, warmup_bound_ns=6 * S).longest_warmup_ns == 6 * S


def test_every_slot_takes_ten_requests():
    samples = closed(np.full(400, 100 * MS), 20)
    rule = StopRule(0, 0)
    assert not is_precise(rule, samples.select(slice(0, 199)), 0, 20)
    assert is_precise(rule, samples.select(slice(0, 200)), 0, 20)
