"""The modes of grids of known optimum: devices in virtual time, and figures made by hand where intervals decide."""

from __future__ import annotations

import random

import pytest
from rows import Row, lost, row
from virtual_grid import virtual_grid

from clipperf.analysis.modes import MAX_THROUGHPUT, MIN_LATENCY, OBJECTIVE, choose_under, find_modes
from clipperf.analysis.objective import read_objective
from clipperf.analysis.operating_points import sort_rows

VACC_VISION = [{1: 1.95552}, {1: 5.18565}]
ASCEND_VISION = {1: 5.525, 4: 15.936, 8: 28.07, 16: 52.29, 32: 100.3, 64: 196.3}


def made(name: str, qps: float, p50: float, wide: float = 0.01, **columns: object) -> Row:
    """A row whose intervals are ± that share of the figures."""
    figures: dict[str, object] = {"qps": qps, "qps_ci_low": qps * (1 - wide), "qps_ci_high": qps * (1 + wide)}
    for percentile, longer in ((50, 1.0), (90, 1.2), (95, 1.3), (99, 1.5)):
        ms = p50 * longer
        figures[f"latency_p{percentile}_ms"] = ms
        figures[f"latency_p{percentile}_low_ms"], figures[f"latency_p{percentile}_high_ms"] = (
            ms * (1 - wide),
            ms * (1 + wide),
        )
    return row() | {"case_id": name} | figures | columns


def chosen(*rows: Row, slo: str | None = None) -> dict[str, str]:
    found = find_modes(rows, None if slo is None else read_objective(slo))
    return {mode: choice.point.row["case_id"] for mode, choice in found.choices.items()}


@pytest.mark.parametrize("seed", range(5))
def test_the_modes_of_vacc_are_depth_3_and_depth_1(seed: int):
    # Depth 4 has no more throughput than 3, and a longer latency.
    found = find_modes(virtual_grid(VACC_VISION, (1, 3, 4), 100 * seed), None)
    fast, short = (found.choices[mode].point for mode in (MAX_THROUGHPUT, MIN_LATENCY))
    assert (fast.row["queue_depth"], short.row["queue_depth"]) == (3, 1)
    assert fast.qps.value / short.qps.value == pytest.approx(1.377, rel=0.01)
    assert fast.latency_ms[50].value / short.latency_ms[50].value == pytest.approx(2.18, rel=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_the_modes_of_a_table_by_batch_size(seed: int):
    # 326 qps at batch 64, 319 at 32: 2.1 % apart, which is more than a tie. At most 60 ms has batch 16 with 52.29.
    rows = virtual_grid([ASCEND_VISION], (1,), 100 * seed)
    assert chosen(*rows, slo="p99<=60ms") == {MAX_THROUGHPUT: "b64-q1", MIN_LATENCY: "b1-q1", OBJECTIVE: "b16-q1"}


def test_of_ties_in_throughput_the_one_of_least_latency_is_taken():
    assert chosen(made("long", 100.0, 40.0), made("short", 99.5, 20.0))[MAX_THROUGHPUT] == "short"
    # Not a tie: beyond the intervals, or beyond 2 % where these are wide.
    assert chosen(made("long", 100.0, 40.0, 0.001), made("short", 99.5, 20.0, 0.001))[MAX_THROUGHPUT] == "long"
    assert chosen(made("long", 100.0, 40.0, 0.1), made("short", 97.0, 20.0, 0.1))[MAX_THROUGHPUT] == "long"


def test_of_ties_in_latency_the_cheapest_is_taken():
    two = made("two", 100.0, 10.0, instances=2)
    assert chosen(two, made("one", 50.0, 10.1)) == {MAX_THROUGHPUT: "two", MIN_LATENCY: "one"}
    assert chosen(made("devices", 100.0, 10.0, devices=2, device="0,1"), two)[MIN_LATENCY] in ("devices", "two")
    assert chosen(two, made("one", 50.0, 10.5))[MIN_LATENCY] == "two"


def test_what_hardly_anything_is_known_of_does_not_win_but_is_told():
    loose = made("loose", 60.0, 10.0, wide=0.9, status="inconclusive")
    found = find_modes([made("best", 100.0, 10.0, instances=2), loose], None)
    assert found.choices[MAX_THROUGHPUT].point.row["case_id"] == "best"
    assert [point.row["case_id"] for point in found.choices[MAX_THROUGHPUT].rivals] == ["loose"]


def test_the_order_of_the_rows_does_not_matter():
    rows = [made(f"case {n}", 100.0 + n % 3, 10.0 + n % 2, instances=1 + n % 4) for n in range(12)]
    first = chosen(*rows, slo="p99<=16ms")
    for seed in range(20):
        assert chosen(*random.Random(seed).sample(rows, len(rows)), slo="p99<=16ms") == first


def test_an_objective_is_never_met_without_an_upper_bound():
    few = made("few", 100.0, 1.0, latency_p99_high_ms=None)
    under = choose_under(sort_rows([few, made("slow", 10.0, 100.0)]).points, read_objective("p99<=50ms"))
    assert under.choice is None
    assert [point.row["case_id"] for point in under.maybe] == ["few"]
    assert under.nearest.row["case_id"] == "few"


def test_a_percentile_that_no_tool_told_is_not_known():
    missing = made("tool", 10.0, 1.0, latency_p95_ms=None, latency_p95_low_ms=None, latency_p95_high_ms=None)
    under = choose_under(sort_rows([missing]).points, read_objective("p95<50ms"))
    assert under.choice is None
    assert len(under.maybe) == 1


def test_one_point_stands_for_all_that_it_is_best_in():
    found = find_modes([made("only", 10.0, 1.0)], read_objective("p99<=2ms"))
    assert found.chosen == {"only": [MAX_THROUGHPUT, MIN_LATENCY, OBJECTIVE]}


def test_rows_that_are_no_points_choose_nothing():
    found = find_modes([lost(1), lost(2, "unsupported", error_kind="batch")], read_objective("p99<=2ms"))
    assert (found.choices, found.under) == ({}, None)
    assert [reason for _, reason in found.grid.left_out] == ["failed", "unsupported (batch)"]
