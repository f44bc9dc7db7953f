"""The devices over a window, from the looks that fell into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from clipperf.monitors.device import DeviceLook, DeviceReading, Meter

FEWEST_LOOKS = 3
LONGEST_GAP = 0.5
"""Of the window: power that was not looked at for longer than half of it is not that of the window."""


@dataclass(frozen=True)
class DeviceReadings:
    """The devices of a set over a window; None where any of them did not tell.

    ``util_pct`` is the mean of the devices, each a mean over time; ``memory_mb`` the sum of the largest of each, in the
    vendor's MB; ``power_w`` the sum of the means over time, each meter once; ``temperature_c`` the highest.
    ``is_power_covered`` tells whether power was read all over the window: only then is there an energy.
    ``strangers`` are devices that are not of the set and whose power is in ``power_w``, as they share its meter.
    """

    looks: int = 0
    util_pct: float | None = None
    memory_mb: float | None = None
    power_w: float | None = None
    temperature_c: float | None = None
    is_power_covered: bool = False
    strangers: int = 0


def readings_over(
    looks: Sequence[DeviceLook], device_ids: Sequence[str], open_ns: int, close_ns: int
) -> DeviceReadings:
    """What the looks between the two instants give."""
    devices = [_inside(looks, device, open_ns, close_ns) for device in device_ids]
    if not devices or not all(devices):
        return DeviceReadings()
    utils = [_mean(readings, "util_pct", open_ns, close_ns) for readings in devices]
    temperatures = [_values(readings, "temperature_c") for readings in devices]
    memories = [_values(readings, "memory_mb") for readings in devices]
    meters: dict[object, list[DeviceReading]] = {}
    on_meter: dict[Meter, int] = {}
    for device, readings in zip(device_ids, devices):
        meter = next((reading.meter for reading in readings if reading.meter is not None), None)
        if meter is not None:
            on_meter[meter] = on_meter.get(meter, 0) + 1
        meters.setdefault(meter or device, readings)
    powers = [_mean(readings, "power_w", open_ns, close_ns) for readings in meters.values()]
    return DeviceReadings(
        looks=min(len(readings) for readings in devices),
        util_pct=None if None in utils else sum(map(float, filter(None, utils))) / len(utils),
        memory_mb=sum(map(max, memories)) if all(memories) else None,
        power_w=None if None in powers else sum(map(float, filter(None, powers))),
        temperature_c=max(map(max, temperatures)) if all(temperatures) else None,
        is_power_covered=all(_is_covered(readings, open_ns, close_ns) for readings in meters.values()),
        strangers=sum(meter.devices - count for meter, count in on_meter.items()),
    )


def _inside(looks: Sequence[DeviceLook], device: str, open_ns: int, close_ns: int) -> list[DeviceReading]:
    found = [look.readings[device] for look in looks if device in look.readings]
    return sorted((one for one in found if open_ns <= one.at_ns <= close_ns), key=lambda one: one.at_ns)


def _values(readings: Sequence[DeviceReading], name: str) -> list[float]:
    return [value for value in (getattr(reading, name) for reading in readings) if value is not None]


def _mean(readings: Sequence[DeviceReading], name: str, open_ns: int, close_ns: int) -> float | None:
    """The mean over time: each value holds for the part of the window that is nearer to it than to any other."""
    told = [reading for reading in readings if getattr(reading, name) is not None]
    if not told:
        return None
    middles = [(one.at_ns + other.at_ns) / 2 for one, other in zip(told, told[1:])]
    edges = [float(open_ns), *middles, float(close_ns)]
    weights = [after - before for before, after in zip(edges, edges[1:])]
    values = [getattr(reading, name) for reading in told]
    if sum(weights) <= 0:
        return float(sum(values) / len(values))
    mean = sum(weight * value for weight, value in zip(weights, values)) / sum(weights)
    # Rounding may carry a mean of equal values past them.
    return float(min(max(mean, min(values)), max(values)))


def _is_covered(readings: Sequence[DeviceReading], open_ns: int, close_ns: int) -> bool:
    instants = [reading.at_ns for reading in readings if reading.power_w is not None]
    edges = [open_ns, *instants, close_ns]
    longest = max(after - before for before, after in zip(edges, edges[1:]))
    return len(instants) >= FEWEST_LOOKS and longest <= LONGEST_GAP * (close_ns - open_ns)
