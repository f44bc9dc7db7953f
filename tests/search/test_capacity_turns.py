"""How long each rate is measured, and when a configuration is done."""

from __future__ import annotations

import pytest
from rows import lost, row

from clipperf.analysis.capacity import Capacity, capacities
from clipperf.analysis.objective import read_objective
from clipperf.measure.stop_rule import StopRule
from clipperf.search.capacity_lengths import fewest_per_s, windows_ns
from clipperf.search.capacity_turns import Wanted, next_turn

P99 = read_objective("p99<=50ms")
RULE = StopRule(2, 0)
S = 1_000_000_000


def opened(rate: float, p99_ms: float = 10.0, **columns: object) -> dict[str, object]:
    percentile = {"latency_p99_ms": p99_ms, "latency_p99_low_ms": 0.9 * p99_ms, "latency_p99_high_ms": 1.1 * p99_ms}
    named = {"loop": "open", "arrival": "poisson", "offered_rate": rate, "case_id": f"{rate:g}", "window_s": 11.0}
    return row() | percentile | named | columns


def known(*rows: dict[str, object]) -> Capacity:
    (found,) = capacities([row(qps=200.0, qps_ci_low=199.0, qps_ci_high=201.0), *rows], P99)
    return found


def test_windows_grow_by_four_to_the_longest():
    assert windows_ns(RULE, 99, 1104.0) == [2 * S, 8 * S, 30 * S]
    assert windows_ns(RULE, 99, 100.0) == [11_040_000_000, 30 * S]
    assert windows_ns(RULE, 99, 20.0) == [30 * S]


def test_a_length_that_the_user_fixed_is_the_only_one():
    assert windows_ns(StopRule(2, 0, duration_ns=5 * S), 99, 100.0) == [5 * S]
    assert windows_ns(StopRule(2, 0, iterations=50), 99, 100.0) == [S // 2]


@pytest.mark.parametrize(
    ("rule", "percentile", "expected"),
    [
        (RULE, 99, 368 / 30),
        (RULE, 50, 6 / 30),
        (StopRule(2, 0, duration_ns=S), 90, 36.0),
        (StopRule(2, 0, iterations=9), 99, 0.0),
    ],
)
def test_below_this_rate_no_window_has_enough_requests(rule: StopRule, percentile: int, expected: float):
    assert fewest_per_s(rule, percentile) == pytest.approx(expected)


def test_a_new_rate_has_a_glance():
    turn = next_turn(known(), Wanted(P99), RULE)
    assert turn is not None
    assert (turn.rate, turn.repeat, turn.window_ns) == (100.0, 0, 11_040_000_000)
    assert turn.rule(RULE).duration_ns == turn.window_ns


def test_what_is_not_known_is_measured_for_longer():
    turn = next_turn(known(opened(100.0, 50.0)), Wanted(P99), RULE)
    assert turn is not None
    assert (turn.rate, turn.repeat, turn.window_ns) == (100.0, 1, 30 * S)


def test_the_longest_window_is_the_last():
    longest = opened(100.0, 50.0, window_s=29.9, repeat=1)
    turn = next_turn(known(opened(100.0, 50.0), longest), Wanted(P99), RULE)
    assert turn is not None
    assert turn.rate == 50.0


def test_the_search_ends_at_the_most_cases():
    assert next_turn(known(opened(100.0, 50.0)), Wanted(P99, most_cases=2), RULE) is None


def test_a_case_that_failed_ends_the_search():
    failed = lost() | {"loop": "open", "arrival": "poisson", "offered_rate": 100.0}
    assert next_turn(known(failed), Wanted(P99), RULE) is None


def test_without_a_closed_loop_nothing_is_offered():
    (found,) = capacities([lost()], P99)
    assert next_turn(found, Wanted(P99), RULE) is None
