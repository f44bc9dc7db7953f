"""How the clock of the processor may move: governor, bounds and turbo, from cpufreq and its drivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clipperf.monitors.text_file import read_number, read_text

if TYPE_CHECKING:
    from pathlib import Path

_CORES = "sys/devices/system/cpu"


def governors(root: Path) -> list[str] | None:
    """The governors in force, usually one for all cores; None where the clock is not the kernel's to set."""
    files = (root / _CORES).glob("cpu[0-9]*/cpufreq/scaling_governor")
    return sorted({text for text in map(read_text, files) if text is not None}) or None


def bounds_mhz(root: Path) -> tuple[float, float] | None:
    """The lowest and highest clock that any core is allowed; None where the host does not tell."""
    lowest, highest = (
        [number for number in map(read_number, (root / _CORES).glob(f"cpu[0-9]*/cpufreq/scaling_{end}_freq")) if number]
        for end in ("min", "max")
    )
    return (min(lowest) / 1e3, max(highest) / 1e3) if lowest and highest else None


def is_turbo_on(root: Path) -> bool | None:
    """Whether the clock may rise above its nominal value while there is room for heat; None where not told."""
    refused = read_number(root / _CORES / "intel_pstate/no_turbo")
    if refused is not None:
        return refused == 0
    boost = read_number(root / _CORES / "cpufreq/boost")
    return None if boost is None else boost == 1
