"""Efficiency over instances and devices, from rows made by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import Row, frame, lost, row

from clipperf.analysis.scaling import DEVICES, INSTANCES, Axis, Line, efficiencies, lines_along


def case(copies: int, qps: float, device: str = "0", batch: int = 1, **columns: object) -> Row:
    """A number of instances on a set of devices, qps known to ±1 %."""
    made = {
        "instances": copies,
        "device": device,
        "devices": len(device.split(",")),
        "case_id": f"{copies} on {device}",
    }
    return row(batch, qps, **made, qps_ci_low=0.99 * qps, qps_ci_high=1.01 * qps) | columns


def shares(axis: Axis, *rows: Row) -> dict[str, dict[int, float]]:
    """The efficiencies of each line, by its label and the number of copies."""
    return {
        line.label: {step.copies: pytest.approx(step.efficiency.value) for step in line.steps}
        for line in lines_along(frame(*rows), axis)
    }


def only(axis: Axis, *rows: Row) -> Line:
    (line,) = lines_along(frame(*rows), axis)
    return line


def test_it_is_qps_of_n_over_n_times_qps_of_one():
    rows = [case(1, 100.0), case(2, 180.0), case(4, 240.0)]
    assert shares(INSTANCES, *rows) == {"": {1: 1.0, 2: 0.9, 4: 0.6}}
    assert lines_along(frame(*rows), DEVICES) == []


def test_its_interval_puts_both_together_and_keeps_an_open_end():
    step = only(INSTANCES, case(1, 100.0), case(2, 180.0)).steps[1]
    # Two intervals of 1 % each, put together in logarithms.
    assert math.log(step.efficiency.high / 0.9) == pytest.approx(math.hypot(math.log(1.01), math.log(1 / 0.99)))
    unknown = only(INSTANCES, case(1, 100.0, qps_ci_low=None, qps_ci_high=None), case(2, 180.0)).steps[1]
    assert (unknown.efficiency.low, unknown.efficiency.high) == (0.0, math.inf)


def test_where_one_copy_was_not_measured_the_fewest_are_the_base():
    line = only(INSTANCES, lost(1, instances=1), case(2, 180.0), case(8, 360.0))
    assert (line.fewest, line.steps[1].efficiency.value) == (2, pytest.approx(0.5))


def test_everything_else_is_equal():
    rows = [case(1, 100.0), case(2, 180.0), case(1, 150.0, batch=8), case(2, 200.0, batch=8), case(2, 10.0, batch=32)]
    assert shares(INSTANCES, *rows) == {"batch 1": {1: 1.0, 2: 0.9}, "batch 8": {1: 1.0, 2: pytest.approx(2 / 3)}}


@pytest.mark.parametrize(
    "other",
    [
        {"scope": "compute"},
        {"host": "elsewhere"},
        {"options": '{"threads": 1}'},
        {"queue_depth": 2},
        {"precision_ran": "bf16"},
        {"precision": "int8"},
        {"side": "B"},
        {"loop": "open", "offered_rate": 5.0},
    ],
)
def test_no_ratio_crosses_circumstances(other: Row):
    assert lines_along(frame(case(1, 100.0), case(2, 180.0, **other)), INSTANCES) == []


def test_devices_are_held_against_those_of_their_own_set():
    rows = [case(1, 100.0, "0"), case(1, 80.0, "1"), case(1, 171.0, "0,1"), case(1, 999.0, "2,3")]
    line = only(DEVICES, *rows)
    assert [(step.row["device"], step.efficiency.value) for step in line.steps] == [
        ("0", 1.0), ("1", 1.0), ("0,1", pytest.approx(171 / 180)),
    ]  # fmt: skip
    # A device of two cores is no set of two devices.
    assert lines_along(frame(case(1, 100.0, "0"), case(1, 180.0, "0-1")), DEVICES) == []


def test_both_axes_of_one_grid():
    grid = {(1, "0"): 100.0, (2, "0"): 160.0, (1, "0,1"): 190.0, (2, "0,1"): 300.0}
    rows = [case(copies, qps, device) for (copies, device), qps in grid.items()]
    assert shares(INSTANCES, *rows) == {"device 0": {1: 1.0, 2: 0.8}, "devices 0,1": {1: 1.0, 2: 300 / 380}}
    assert shares(DEVICES, *rows) == {"instances 1": {1: 1.0, 2: 0.95}, "instances 2": {1: 1.0, 2: 300 / 320}}


def test_repeats_widen_the_interval_by_their_spread():
    rows = [case(1, 100.0 + 4 * n, repeat=n) for n in range(3)] + [case(2, 180.0 + 4 * n, repeat=n) for n in range(3)]
    line = only(INSTANCES, *rows)
    step = line.steps[1]
    assert [list(each.index) for each in line.steps] == [[0, 1, 2], [3, 4, 5]]
    assert step.row["qps"] == 184.0
    assert step.efficiency.value == pytest.approx((180 * 184 * 188 / (100 * 104 * 108)) ** (1 / 3) / 2)
    assert step.efficiency.high / step.efficiency.low > 1.05
    assert list(efficiencies(frame(*rows), INSTANCES)) == pytest.approx([1.0] * 3 + [step.efficiency.value] * 3)


def test_it_falls_short_only_where_that_is_shown():
    def falls_short(qps: float, half: float | None) -> bool:
        bounds = {"qps_ci_low": None, "qps_ci_high": None}
        if half is not None:
            bounds = {"qps_ci_low": qps * (1 - half), "qps_ci_high": qps * (1 + half)}
        return only(INSTANCES, case(1, 100.0), case(2, qps) | bounds).steps[1].falls_short

    assert falls_short(160.0, 0.01)
    assert not falls_short(196.0, 0.001)
    assert not falls_short(160.0, 0.5)
    # A tool without intervals: the figure is all there is.
    assert falls_short(160.0, None)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.01, 1e6), st.lists(st.integers(2, 64), min_size=1, max_size=5, unique=True))
def test_copies_that_bring_as_many_times_the_throughput_have_efficiency_1(qps: float, copies: list[int]):
    line = only(INSTANCES, case(1, qps), *(case(count, count * qps) for count in copies))
    assert [step.efficiency.value for step in line.steps] == pytest.approx([1.0] * (1 + len(copies)))
    assert not any(step.falls_short for step in line.steps)
