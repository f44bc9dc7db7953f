"""Watches the host while something is measured on it: counters at both ends, a look every second between."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Iterable

from clipperf.monitors.frequency import fastest_mhz
from clipperf.monitors.host_counters import Counters, Watched, read_counters
from clipperf.monitors.host_readings import HostReadings, Sample, readings_between
from clipperf.monitors.process_time import family_of, use_of
from clipperf.monitors.temperature import processor_temperatures


class HostMonitor:
    """Watches some processes, and everything beside them, from ``start`` to ``stop``; leaving a ``with`` ends it too.

    ``cores`` are those that the devices use, None for all that this process may run on: other programs are held
    against these. ``period_s`` is the time between two looks at memory, clock and temperature; everything else is
    counted by the kernel, so that a window shorter than a period has its figures too. ``root`` and ``own_pid`` are for
    tests. Nothing is raised where the host does not tell: the reading is None.
    """

    def __init__(
        self,
        pids: Iterable[int],
        period_s: float = 1.0,
        root: Path = Path("/"),
        cores: Iterable[int] | None = None,
        own_pid: int | None = None,
    ) -> None:
        own = os.getpid() if own_pid is None else own_pid
        self._watched = Watched(frozenset(pids), own, frozenset(available_cores() if cores is None else cores))
        self._period_s = period_s
        self._root = root
        self._samples: list[Sample] = []
        self._before: Counters | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look_again, name="host-monitor", daemon=True)
        self._own_cost_s = 0.0

    def start(self) -> None:
        """Reads the counters and begins to look; called once, when the window opens."""
        # The thread first, so that what it takes to start falls before the window.
        self._thread.start()
        self._samples.append(look(self._watched, self._root))
        self._before = read_counters(self._watched, self._root)

    def stop(self) -> HostReadings:
        """The readings since ``start``; called once, when the window closes."""
        after = read_counters(self._watched, self._root)
        assert self._before is not None, "stop comes after start"
        self.close()
        self._samples.append(look(self._watched, self._root))
        return readings_between(
            self._before, after, self._samples, self._watched, ticks_per_s(), load_average(), self._own_cost_s
        )

    def close(self) -> None:
        """Ends the looking without a reading, as when the measurement failed; may be called again."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def __enter__(self) -> HostMonitor:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _look_again(self) -> None:
        while not self._ended.wait(self._period_s):
            # The wait itself costs some 50 µs a period; counted, they would be 1 % of a window of 10 ms without a look.
            began_ns = time.thread_time_ns()
            self._samples.append(look(self._watched, self._root))
            self._own_cost_s += (time.thread_time_ns() - began_ns) * 1e-9


def look(watched: Watched, root: Path) -> Sample:
    """Memory of the watched processes and their descendants, clock and temperatures, now."""
    use = use_of(family_of(watched.pids, root), root)
    resident = sum(each.resident_pages for each in use.values()) * page_bytes() / 1e6
    return Sample(
        resident_mb=resident if use else None,
        frequency_mhz=fastest_mhz(watched.cores, root),
        temperatures=processor_temperatures(root),
    )


def available_cores() -> frozenset[int]:
    """The cores that this process may run on; empty where the system has no affinity."""
    return frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset()


def load_average() -> tuple[float, float, float] | None:
    """Runnable threads over 1, 5 and 15 min; None where the system does not tell."""
    try:
        return os.getloadavg()
    except (OSError, AttributeError):
        return None


def ticks_per_s() -> int:
    """The unit of /proc: 100 on every Linux that is in use, and still to be asked for."""
    return os.sysconf("SC_CLK_TCK")


def page_bytes() -> int:
    """The unit of resident memory in /proc/<pid>/stat: 4096, or 65536 on some 64-bit Arm kernels."""
    return os.sysconf("SC_PAGE_SIZE")
