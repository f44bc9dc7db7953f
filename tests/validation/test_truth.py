"""The closed forms against what textbooks tabulate and against each other."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.validation.truth import Pipeline, Queue


@given(st.floats(0.01, 0.99), st.floats(0.001, 1000))
def test_one_server(load: float, service: float):
    queue = Queue(load / service, service)
    assert queue.waiting_share == pytest.approx(load)
    assert queue.mean_wait_exponential == pytest.approx(load * service / (1 - load))
    assert queue.mean_wait_constant == pytest.approx(queue.mean_wait_exponential / 2)
    median = queue.response_quantile_exponential(0.5)
    assert median == pytest.approx(math.log(2) * (queue.mean_wait_exponential + service))


@pytest.mark.parametrize(("servers", "offered", "waiting"), [(2, 1.0, 1 / 3), (5, 4.0, 0.554113), (10, 8.0, 0.409180)])
def test_erlangs_c_as_tabulated(servers: int, offered: float, waiting: float):
    assert Queue(offered, 1.0, servers).waiting_share == pytest.approx(waiting, abs=1e-5)


@given(st.integers(1, 30), st.floats(0.05, 0.98), st.floats(0.01, 0.999))
def test_the_quantile_of_the_wait_gives_its_share_back(servers: int, load: float, share: float):
    queue = Queue(load * servers, 1.0, servers)
    wait = queue.wait_quantile_exponential(share)
    longer = queue.waiting_share * math.exp(-(servers - queue.rate) * wait)
    assert 1 - longer == pytest.approx(share) or (wait == 0.0 and 1 - longer >= share)


def test_a_full_load_has_no_answer():
    with pytest.raises(ValueError, match="no steady state"):
        Queue(1.0, 1.0)
    with pytest.raises(ValueError, match="M/D/c"):
        _ = Queue(1.0, 1.0, 2).mean_wait_constant
    with pytest.raises(ValueError, match="one server"):
        Queue(1.0, 1.0, 2).response_quantile_exponential(0.5)


def test_the_published_pipeline():
    assert 1e3 * Pipeline((1.954, 5.186), 1).rate == pytest.approx(140.06, abs=0.01)
    assert Pipeline((1.954, 5.186), 1).latency == pytest.approx(7.14)
    assert 1e3 * Pipeline((1.954, 5.186), 3).rate == pytest.approx(192.83, abs=0.01)
    assert Pipeline((1.954, 5.186), 3).latency == pytest.approx(15.558)
