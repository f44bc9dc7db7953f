"""Devices over a window: means over time, sums over devices, and when there is an energy."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.monitors.device import DeviceLook, DeviceReading, Meter
from clipperf.monitors.device_readings import DeviceReadings, readings_over

FULL = DeviceReading(0, util_pct=50.0, memory_mb=1000.0, power_w=100.0, temperature_c=40.0)


def look(at_ns: int, **devices: DeviceReading) -> DeviceLook:
    return DeviceLook({name.lstrip("d"): replace(reading, at_ns=at_ns) for name, reading in devices.items()})


def watts(*pairs: tuple[int, float | None]) -> list[DeviceLook]:
    return [look(at_ns, d0=replace(FULL, power_w=power)) for at_ns, power in pairs]


def test_each_look_counts_for_the_time_around_it() -> None:
    # 100 W hold until 15, 200 W from there to 60, 400 W to the end.
    found = readings_over(watts((10, 100.0), (20, 200.0), (100, 400.0)), ["0"], 0, 100)
    assert found.power_w == pytest.approx((15 * 100 + 45 * 200 + 40 * 400) / 100)
    assert found.looks == 3


def test_looks_outside_the_window_do_not_count() -> None:
    found = readings_over(watts((0, 900.0), (30, 100.0), (60, 100.0), (90, 100.0), (111, 900.0)), ["0"], 10, 110)
    assert (found.power_w, found.looks, found.is_power_covered) == (pytest.approx(100), 3, True)


@pytest.mark.parametrize(
    ("instants", "is_covered"),
    [
        ((20, 50, 80), True),
        ((20, 50), False),
        ((10, 20, 49), False),
        ((10, 20, 50), True),
        ((51, 80, 90), False),
        ((), False),
    ],
)
def test_power_of_a_part_of_the_window_is_not_that_of_the_window(instants: tuple[int, ...], is_covered: bool) -> None:
    assert readings_over(watts(*((at, 100.0) for at in instants)), ["0"], 0, 100).is_power_covered == is_covered


def test_looks_without_power_do_not_cover() -> None:
    found = readings_over(watts((10, 100.0), (30, None), (50, None), (90, 100.0)), ["0"], 0, 100)
    assert (found.power_w, found.is_power_covered) == (pytest.approx(100), False)


def test_devices_are_added_up() -> None:
    other = DeviceReading(0, util_pct=100.0, memory_mb=500.0, power_w=60.0, temperature_c=70.0)
    looks = [look(at, d0=FULL, d1=replace(other, memory_mb=500.0 + at)) for at in (20, 50, 80)]
    assert readings_over(looks, ["0", "1"], 0, 100) == DeviceReadings(3, 75, 1580, pytest.approx(160), 70, True, 0)


def test_a_device_that_did_not_tell_leaves_no_partial_sum() -> None:
    silent = DeviceReading(0, util_pct=10.0)
    looks = [look(at, d0=FULL, d1=silent) for at in (20, 50, 80)]
    found = readings_over(looks, ["0", "1"], 0, 100)
    assert (found.util_pct, found.power_w, found.memory_mb, found.temperature_c) == (30, None, None, None)
    assert not found.is_power_covered
    assert readings_over([look(20, d0=FULL)], ["0", "1"], 0, 100) == DeviceReadings()


def test_a_meter_counts_once_and_tells_of_strangers() -> None:
    shared = replace(FULL, meter=Meter("NPU 5", 4))
    looks = [look(at, d0=shared, d1=shared) for at in (20, 50, 80)]
    both = readings_over(looks, ["0", "1"], 0, 100)
    assert (both.power_w, both.strangers) == (pytest.approx(100), 2)
    assert readings_over(looks, ["0"], 0, 100).strangers == 3


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.floats(0, 1e4)), max_size=20), st.integers(0, 900), st.integers(1, 100)
)
def test_a_mean_lies_between_what_was_seen(pairs: list[tuple[int, float]], open_ns: int, length_ns: int) -> None:
    close_ns = open_ns + length_ns
    found = readings_over(watts(*pairs), ["0"], open_ns, close_ns)
    inside = [power for at_ns, power in pairs if open_ns <= at_ns <= close_ns]
    if not inside:
        assert found == DeviceReadings()
    else:
        assert found.power_w is not None
        assert min(inside) <= found.power_w <= max(inside)
        assert found.looks == len(inside)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=8), st.floats(1, 500))
def test_constant_power_is_its_own_mean(instants: list[int], power: float) -> None:
    assert readings_over(watts(*((at, power) for at in instants)), ["0"], 0, 1000).power_w == power
