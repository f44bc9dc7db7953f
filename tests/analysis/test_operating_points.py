import json
import math

import pytest
from rows import Row, lost, row

from clipperf.analysis.operating_points import NOT_BELIEVED, Figure, sort_rows


def told(*codes: str) -> str:
    return json.dumps([{"code": code, "sentence": "", "remedy": ""} for code in codes])


def reasons(*rows: Row) -> list[str]:
    return [reason for _, reason in sort_rows(rows).left_out]


def test_rows_with_figures_are_points_also_where_they_are_inconclusive_or_disturbed():
    rows = [row(1), row(2, status="inconclusive"), row(4, warnings=told("host-busy", "drift"))]
    assert [point.row for point in sort_rows(rows).points] == rows


@pytest.mark.parametrize("code", sorted(NOT_BELIEVED))
def test_a_row_that_contradicts_itself_is_not_believed(code: str):
    assert reasons(row(1, warnings=told("host-busy", code))) == [f"not believed ({code})"]


def test_why_other_rows_are_none():
    derived = row(4) | {"qps": None, "qps_compute": 9.0}
    told_little = row(8, latency_p50_ms=None, latency_p99_ms=None)
    assert reasons(lost(1), lost(2, "timed-out", error_kind="timed-out"), derived, told_little) == [
        "failed", "timed-out", "no qps", "no latency_p50_ms, latency_p99_ms",
    ]  # fmt: skip


@pytest.mark.parametrize("cell", [None, "", "no JSON", "3", "[1, null]", '{"code": "littles-law"}'])
def test_a_cell_of_warnings_that_is_none_says_nothing(cell: str | None):
    assert not reasons(row(1, warnings=cell))


def test_bounds_that_the_data_do_not_give_are_open_and_a_tool_that_gives_none_is_taken_at_its_word():
    (point,) = sort_rows([row(1, 20.0, latency_p99_high_ms=None)]).points
    assert point.latency_ms[99].high == math.inf
    assert point.latency_ms[99].low > 0
    assert point.qps == Figure(20.0, 0.0, math.inf)
    (of_tool,) = sort_rows([row(1, 20.0, measured_by="mm_run 1.2")]).points
    assert of_tool.qps == Figure(20.0, 20.0, 20.0)


def test_cost_counts_copies_then_requests_then_samples():
    columns = {"devices": 2, "instances": 3, "queue_depth": 4}
    (point,) = sort_rows([row(8, **columns)]).points
    assert point.cost == (6, 24, 192)
