"""The clock of the processor cores as measured, from cpufreq or /proc/cpuinfo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable

from clipperf.monitors.text_file import read_number, read_text

if TYPE_CHECKING:
    from pathlib import Path

_CPUFREQ = "sys/devices/system/cpu/cpu{}/cpufreq/scaling_cur_freq"


def fastest_mhz(cores: Iterable[int], root: Path) -> float | None:
    """The clock of the fastest of these cores; None where the host does not measure it.

    The fastest, since an idle core rests at a low clock and would look like a change of those that work.
    """
    wanted = set(cores)
    found = [read_number(root / _CPUFREQ.format(core)) for core in wanted]
    known = [kilohertz / 1e3 for kilohertz in found if kilohertz is not None]
    if not known:
        known = list(parse_cpuinfo_mhz(read_text(root / "proc/cpuinfo") or "", wanted))
    return max(known, default=None)


def parse_cpuinfo_mhz(text: str, cores: Iterable[int]) -> list[float]:
    """``cpu MHz`` of these cores; empty where the kernel prints a constant, which it does without aperfmperf."""
    wanted, core, clocks, is_measured = set(cores), -1, [], False
    for line in text.splitlines():
        name, _, value = (part.strip() for part in line.partition(":"))
        if name == "processor" and value.isdigit():
            core = int(value)
        elif name == "cpu MHz" and core in wanted:
            clocks.append(float(value))
        elif name == "flags":
            is_measured = is_measured or "aperfmperf" in value.split()
    return clocks if is_measured else []
