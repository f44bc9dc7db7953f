"""Properties of the front, of sure defeat, and of what steps along it cost."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import row

from clipperf.analysis.marginal import gain_per_doubling, ms_per_qps
from clipperf.analysis.operating_points import Figure, Point, sort_rows
from clipperf.analysis.pareto import front, knee_of, surely_beaten

SIZES = st.integers(1, 12).map(float)
SHARES = st.sampled_from([0.0, 0.05, 0.3, 0.99])


@st.composite
def points(draw: st.DrawFn) -> Point:
    (qps, p99), (wide, long) = (draw(st.tuples(SIZES, SIZES)), draw(st.tuples(SHARES, SHARES)))
    high = math.inf if draw(st.booleans()) else p99 * (1 + long)
    cells = {"instances": draw(st.integers(1, 4)), "queue_depth": draw(st.integers(1, 4))}
    return Point(
        row(draw(st.sampled_from([1, 2, 8])), **cells),
        Figure(qps, qps * (1 - wide), qps * (1 + wide)),
        {50: Figure(p99 / 2), 99: Figure(p99, p99 * (1 - long), high)},
    )


GRIDS = st.lists(points(), min_size=1, max_size=12)


def beats(one: Point, other: Point) -> bool:
    """By estimates: no worse in both, better in one."""
    (fast, short), (slow, long) = ((each.qps.value, each.latency_ms[99].value) for each in (one, other))
    return fast >= slow and short <= long and (fast > slow or short < long)


@given(GRIDS)
def test_the_front_is_what_no_point_beats(grid: list[Point]):
    along = front(grid)
    assert along
    for point in grid:
        is_beaten = any(beats(other, point) for other in grid)
        same = [(each.qps.value, each.latency_ms[99].value) for each in along]
        assert is_beaten != ((point.qps.value, point.latency_ms[99].value) in same)


@given(GRIDS)
def test_the_front_rises_in_both(grid: list[Point]):
    along = front(grid)
    for before, after in pairwise(along):
        assert before.qps.value < after.qps.value
        assert before.latency_ms[99].value < after.latency_ms[99].value


@given(GRIDS, st.randoms())
def test_front_and_knee_do_not_depend_on_the_order(grid: list[Point], random):
    shuffled = random.sample(grid, len(grid))
    told = [
        [(point.qps.value, point.latency_ms[99].value, point.cost) for point in front(one)] for one in (grid, shuffled)
    ]
    assert told[0] == told[1]


@given(GRIDS)
def test_what_is_surely_beaten_is_beaten_by_estimate_too_and_never_by_what_has_no_bound(grid: list[Point]):
    for point in surely_beaten(grid):
        assert point not in front(grid)
        assert any(beats(other, point) for other in grid if math.isfinite(other.latency_ms[99].high))


@given(GRIDS)
def test_without_the_surely_beaten_the_front_is_the_same(grid: list[Point]):
    left = [point for point in grid if point not in surely_beaten(grid)]
    assert front(left) == front(grid)


@given(GRIDS)
def test_the_knee_is_on_the_front_with_95_percent_of_the_best(grid: list[Point]):
    knee, along = knee_of(grid), front(grid)
    assert (knee is None) == (len(along) < 2)
    if knee is not None:
        assert knee in along
        assert knee.qps.value >= 0.95 * max(point.qps.value for point in grid)
        assert all(point.qps.value < 0.95 * along[-1].qps.value for point in along[: along.index(knee)])


@given(GRIDS)
def test_prices_along_the_front_add_up_to_all_of_it(grid: list[Point]):
    along = front(grid)
    prices = ms_per_qps(along)
    assert set(prices) == set(along[1:])
    steps = pairwise(along)
    paid = sum(prices[after] * (after.qps.value - before.qps.value) for before, after in steps)
    assert paid == pytest.approx(along[-1].latency_ms[99].value - along[0].latency_ms[99].value)


@given(GRIDS)
def test_the_gain_of_a_step_lies_in_its_interval(grid: list[Point]):
    for gain in gain_per_doubling(grid).values():
        assert gain.low <= gain.value <= gain.high


def test_gains_are_per_doubling_and_within_one_curve():
    rates = {(1, 1): 100.0, (4, 1): 300.0, (8, 1): 310.0, (8, 2): 999.0}
    rows = [row(batch, qps, instances=instances) for (batch, instances), qps in rates.items()]
    found = sort_rows(reversed(rows)).points
    gains = {point.row["batch_size"]: gain.value for point, gain in gain_per_doubling(found).items()}
    # From 1 to 4 are two doublings; the curve of two instances has one point only.
    assert gains == {4: 100.0, 8: 10.0}


def test_the_interval_of_a_gain_puts_those_of_both_points_together():
    ends = {"qps_ci_low": 97.0, "qps_ci_high": 103.0}
    found = sort_rows([row(1, 100.0, **ends), row(2, 150.0, qps_ci_low=146.0, qps_ci_high=154.0)]).points
    (gain,) = gain_per_doubling(found).values()
    assert (gain.low, gain.value, gain.high) == (45.0, 50.0, 55.0)
