"""Whether the host is at rest: what else works on it, and what it withholds, looked at while nothing is measured."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from clipperf.measure.host_checks import check_heat, check_others, check_steal, check_swap, check_throttling
from clipperf.measure.row_warning import RowWarning
from clipperf.monitors.busiest import Program, all_programs, busiest_between
from clipperf.monitors.host import HostMonitor
from clipperf.monitors.host_readings import HostReadings

_ROOT = Path("/")


@dataclass(frozen=True)
class RestFact:
    """What was found of one subject, and the warning that it is worth, None where the host is at rest in it."""

    subject: str
    found: str
    warning: RowWarning | None


@dataclass(frozen=True)
class HostLook:
    """What the host did while it was looked at, and the programs that took the most of it, ours left out."""

    readings: HostReadings
    busiest: tuple[Program, ...]


def look_at_host(meanwhile: Callable[[], object], period_s: float) -> HostLook:
    """Looks at the host for as long as ``meanwhile`` takes, every ``period_s`` between."""
    programs = all_programs(_ROOT)
    with HostMonitor([], period_s=period_s) as monitor:
        meanwhile()
        readings = monitor.stop()
    return HostLook(readings, tuple(busiest_between(programs, all_programs(_ROOT), [os.getpid()])))


def rest_facts(readings: HostReadings, busiest: Sequence[Program], ticks_per_s: int) -> list[RestFact]:
    """The facts of a window in which nothing of ours worked but the looking."""
    percent = 100.0 / (readings.window_s * ticks_per_s)
    names = ", ".join(f"{program.name} {percent * program.ticks:.0f} %" for program in busiest)
    return [
        RestFact(
            "other programs",
            _share(readings.other_share, f"of {readings.cores} cores") + (f"; busiest: {names}" if names else ""),
            check_others(readings.other_share, readings.resolution_share, readings.cores),
        ),
        RestFact(
            "steal",
            _share(readings.steal_share, "taken by the hypervisor"),
            check_steal(readings.steal_share, readings.resolution_share),
        ),
        RestFact(
            "throttling",
            "not told" if readings.throttled_periods is None else f"{readings.throttled_periods} times stopped",
            check_throttling(readings.throttled_periods, readings.throttled_s),
        ),
        RestFact(
            "swap",
            "not told"
            if readings.swapped_in_pages is None
            else f"{readings.swapped_in_pages} pages in, {readings.swapped_out_pages} out",
            check_swap(readings.swapped_in_pages, readings.swapped_out_pages),
        ),
        RestFact(
            "heat",
            "no sensor" if readings.temperature_c is None else f"{readings.temperature_c:.0f} °C",
            check_heat(readings.temperature_c, readings.temperature_margin_c, readings.thermal_throttles),
        ),
    ]


def _share(share: float | None, what: str) -> str:
    return "not told" if share is None else f"{100 * share:.1f} % {what}"
