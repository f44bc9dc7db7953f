"""Devices in virtual time that lose by one cause: the efficiency is that of their law, and the cause is named."""

from __future__ import annotations

import numpy as np
import pytest
from rows import Row, frame, row

from clipperf.analysis.scaling import DEVICES, INSTANCES, Axis, Step, lines_along
from clipperf.profile import make_profile
from clipperf.sweeping.lengths import stop_rule
from clipperf.validation.virtual import closed_load
from clipperf.validation.virtual_run import run_virtual

REQUESTS = 600


def measured(instances: int, devices: int, stages: list[tuple[float, int]], **columns: object) -> Row:
    """The row of a closed loop at depth 1 on stages in a row, each with its ms and its units; the last executes."""
    slots = instances * devices
    rule = stop_rule(make_profile({"iterations": REQUESTS, "warmup": "10"}, {}))
    noise = np.random.default_rng(7)
    longer = (1, 2 * REQUESTS + 60 * slots)
    stages_ns = [np.round(ms * 1e6 * noise.normal(1, 0.01, longer)).astype(np.int64) for ms, _ in stages]
    load = closed_load(stages_ns, slots, [units for _, units in stages])
    run = run_virtual(load.samples(0), rule, slots)
    told = {
        "device": ",".join(map(str, range(devices))), "devices": devices, "instances": instances,
        "case_id": f"{instances} on {devices}", "compute_mean_ms": stages[-1][0],
    }  # fmt: skip
    return row(1) | run.figures.values | told | columns


def last(axis: Axis, *rows: Row) -> Step:
    (line,) = lines_along(frame(*rows), axis)
    return line.steps[-1]


def codes(step: Step) -> set[str]:
    return {reason.code for reason in step.reasons}


def test_instances_that_have_enough_of_everything_scale():
    step = last(INSTANCES, *(measured(copies, 1, [(2, 4), (6, 4)]) for copies in (1, 2, 4)))
    assert step.efficiency.value == pytest.approx(1, abs=0.01)
    assert codes(step) == set()


def test_a_device_that_is_full():
    # One request takes 8 ms, of which 6 execute: never more than 1000 / 6 a second.
    step = last(INSTANCES, *(measured(copies, 1, [(2, 1), (6, 1)]) for copies in (1, 2, 4)))
    assert step.efficiency.value == pytest.approx(8 / 6 / 4, rel=0.02)
    assert codes(step) == {"device-full"}


def test_a_link_that_copies_share():
    step = last(INSTANCES, *(measured(copies, 1, [(6, 1), (2, 1)]) for copies in (1, 2, 4)))
    assert step.efficiency.value == pytest.approx(8 / 6 / 4, rel=0.02)
    assert codes(step) == {"copies"}


def test_a_host_of_few_cores():
    # Every request needs 5 ms of a core before one of its own device's 5 ms: 2 cores feed 4 devices by half.
    def with_host(devices: int) -> Row:
        made = measured(1, devices, [(5, 2), (5, devices)])
        return made | {"cpu_cores": 2, "cpu_pct": 100 * 0.005 * made["requests_per_s"]}

    step = last(DEVICES, *map(with_host, (1, 2, 8)))
    assert step.efficiency.value == pytest.approx(0.5, rel=0.02)
    assert "host-bound" in codes(step)
    assert codes(last(DEVICES, *map(with_host, (1, 2)))) == set()


def test_devices_that_share_a_limit_of_power():
    # Their clocks go down by a fifth, so that each takes less power while it executes without a pause.
    def capped(devices: int, slower: float, power_w: float) -> Row:
        return measured(1, devices, [(0, 8), (5 * slower, devices)], power_w=power_w, device_util_pct=99.0)

    step = last(DEVICES, capped(1, 1, 80), capped(4, 1.25, 240))
    assert step.efficiency.value == pytest.approx(0.8, rel=0.02)
    assert codes(step) == {"clocks-down", "power-cap"}
