"""Scenes: texts of /proc and /sys at the two ends of a window, one file a scene, planted as folders for a test.

A line ``@ before/proc/stat`` begins a file; ``window_ns`` in the first line is the time between both ends. Those named
recorded-* are from a machine (see ``record_scene.py``), the others made by hand from the formats of the kernel.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from clipperf.monitors.host import look
from clipperf.monitors.host_counters import Watched, read_counters
from clipperf.monitors.host_readings import HostReadings, readings_between

FIXTURES = Path(__file__).parent / "fixtures"
OWN, WORKER = 10, 100


def plant(name: str, folder: Path) -> int:
    """Writes the files of a scene under ``folder`` and gives its window in ns."""
    first, *parts = (FIXTURES / f"{name}.txt").read_text().split("\n@ ")
    for part in parts:
        path, _, text = part.partition("\n")
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return int(first.split("window_ns", 1)[1].split()[0])


def readings_of(
    name: str, folder: Path, cores: tuple[int, ...] = (0, 1), pids: tuple[int, ...] = (WORKER,)
) -> HostReadings:
    """What a monitor would have read over a scene, 100 ticks a second."""
    window_ns = plant(name, folder)
    watched = Watched(frozenset(pids), OWN, frozenset(cores))
    before = replace(read_counters(watched, folder / "before"), at_ns=0)
    after = replace(read_counters(watched, folder / "after"), at_ns=window_ns)
    samples = (look(watched, folder / "before"), look(watched, folder / "after"))
    return readings_between(before, after, samples, watched, 100, None, 0.0)
