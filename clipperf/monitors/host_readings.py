"""What the host did during a window, as the difference of two readings of its counters and the samples between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from clipperf.monitors.cgroup import Throttling
from clipperf.monitors.host_counters import Counters, Watched
from clipperf.monitors.processor_time import shares_between
from clipperf.monitors.temperature import Temperature


@dataclass(frozen=True)
class Sample:
    """What can only be looked at, not counted: resident memory, clock of the fastest core, temperatures."""

    resident_mb: float | None
    frequency_mhz: float | None
    temperatures: Sequence[Temperature]


@dataclass(frozen=True)
class HostReadings:
    """The host over a window; None where it does not tell. Shares are 0 to 1, memory in 10⁶ bytes.

    ``cpu_pct`` (100 = one core) and ``rss_mb`` (largest sum seen) are those of the watched processes and their
    descendants. ``other_share`` (work of programs that are neither watched nor this one) and ``steal_share`` are of the
    ``cores`` that the devices use. ``resolution_share`` is how far these can be wrong, since everything is counted in
    ticks of 10 ms: a tick for each core and each process of ours. Frequencies are the lowest, highest and mean of the
    fastest core; ``temperature_margin_c`` is the least distance of a sensor to its own limit. ``own_cost_share`` is the
    part of one core that the monitor itself took.
    """

    window_s: float
    cores: int
    cpu_pct: float | None
    rss_mb: float | None
    other_share: float | None
    steal_share: float | None
    resolution_share: float
    load_average: tuple[float, float, float] | None
    swapped_in_pages: int | None
    swapped_out_pages: int | None
    frequency_min_mhz: float | None
    frequency_max_mhz: float | None
    frequency_mean_mhz: float | None
    temperature_c: float | None
    temperature_margin_c: float | None
    thermal_throttles: int | None
    throttled_periods: int | None
    throttled_s: float | None
    own_cost_share: float


def readings_between(
    before: Counters,
    after: Counters,
    samples: Sequence[Sample],
    watched: Watched,
    ticks_per_s: int,
    load_average: tuple[float, float, float] | None,
    own_cost_s: float,
) -> HostReadings:
    """The readings of the window from ``before`` to ``after``; ``own_cost_s`` is the monitor's processor time."""
    window_s = max((after.at_ns - before.at_ns) * 1e-9, 1e-9)
    ticks = window_s * ticks_per_s
    # Where the host numbers its cores otherwise than the affinity mask (lxcfs), all of them are meant.
    cores = watched.cores & set(after.cores) or set(after.cores)
    device = shares_between(before.cores, after.cores, cores, ticks * len(cores))
    watched_ticks = _difference(before.watched_ticks, after.watched_ticks)
    our_ticks = _difference(before.our_ticks, after.our_ticks)
    others = None
    if device is not None and our_ticks is not None:
        others = max(0.0, device.busy - our_ticks / (ticks * len(cores)))
    throttled = None
    if before.throttling is not None and after.throttling is not None:
        throttled = Throttling(
            after.throttling.periods - before.throttling.periods, after.throttling.seconds - before.throttling.seconds
        )
    clocks = [sample.frequency_mhz for sample in samples if sample.frequency_mhz is not None]
    sensors = [sensor for sample in samples for sensor in sample.temperatures]
    return HostReadings(
        window_s=window_s,
        cores=len(cores),
        cpu_pct=None if watched_ticks is None else 100.0 * watched_ticks / ticks,
        rss_mb=max((sample.resident_mb for sample in samples if sample.resident_mb is not None), default=None),
        other_share=others,
        steal_share=device.steal if device else None,
        resolution_share=(len(cores) + after.our_processes) / (ticks * max(1, len(cores))),
        load_average=load_average,
        swapped_in_pages=_difference(before.swapped_in_pages, after.swapped_in_pages),
        swapped_out_pages=_difference(before.swapped_out_pages, after.swapped_out_pages),
        frequency_min_mhz=min(clocks, default=None),
        frequency_max_mhz=max(clocks, default=None),
        frequency_mean_mhz=sum(clocks) / len(clocks) if clocks else None,
        temperature_c=max((sensor.now_c for sensor in sensors), default=None),
        temperature_margin_c=min(
            (sensor.limit_c - sensor.now_c for sensor in sensors if sensor.limit_c is not None), default=None
        ),
        thermal_throttles=_difference(before.thermal_throttles, after.thermal_throttles),
        throttled_periods=throttled.periods if throttled else None,
        throttled_s=throttled.seconds if throttled else None,
        own_cost_share=own_cost_s / window_s,
    )


def _difference(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else max(0, after - before)
