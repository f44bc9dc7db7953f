"""The timing law of a simulated device: from the arrival of a request to the instant at which it is done."""

from __future__ import annotations

import threading
from typing import Mapping, NamedTuple

import numpy as np

from clipperf.errors import Unsupported
from clipperf.runners.base import Option

STAGES = ("copy_in_ms", "execute_ms", "copy_out_ms")
JITTERS = ("copy_in_jitter_pct", "jitter_pct")
"""The standard deviations of the first two stages."""

_NS_PER_MS = 1e6


class Booking(NamedTuple):
    """The instant at which a request's output is there, and how long it executes, ns."""

    done_ns: int
    execute_ns: int


class SimulatedDevice:
    """Three stages, each first come first served, that all instances and slots of one device share.

    A stage takes the next request the moment it is free, so that the copies of one request run beside the execution of
    another. Everything is on absolute instants: what a caller is late by is not handed on to the next request.
    """

    def __init__(self, options: Mapping[str, Option]) -> None:
        self._tables = [
            read_table(stage, options.get(stage, 1.0 if stage == "execute_ms" else 0.0)) for stage in STAGES
        ]
        self._free_ns = [[0], [0] * int(options.get("units", 1)), [0]]
        self._jitters = [float(options.get(key, 0.0)) / 100.0 for key in JITTERS] + [0.0]
        self._slow_share, self._slow_factor = (
            float(options.get("slow_share", 0.0)),
            float(options.get("slow_factor", 1.0)),
        )
        self._drift_per_ns = float(options.get("drift_pct_per_s", 0.0)) / 100.0 / 1e9
        self._stall_ns = int(float(options.get("stall_ms", 0.0)) * _NS_PER_MS)
        self._stall_every_ns = int(float(options.get("stall_every_s", 60.0)) * 1e9)
        self._random = np.random.RandomState(int(options.get("seed", 0)))
        self._first_ns = 0
        self._lock = threading.Lock()
        self.requests = 0

    def submit(self, now_ns: int, batch_size: int) -> Booking:
        """Books the stages for a request that arrives now."""
        with self._lock:
            self.requests += 1
            self._first_ns = self._first_ns or now_ns
            at, execute_ns = now_ns, 0
            for stage, (table, units) in enumerate(zip(self._tables, self._free_ns)):
                unit = units.index(min(units))
                at = max(at, units[unit])
                length_ns = stage_ms(table, batch_size) * _NS_PER_MS * self._jitter(stage)
                if stage == 1:
                    at = after_stall_ns(at, self._stall_ns, self._stall_every_ns)
                    length_ns *= self._factor(now_ns)
                    execute_ns = round(length_ns)
                at += round(length_ns)
                units[unit] = at
            return Booking(at, execute_ns)

    def _factor(self, now_ns: int) -> float:
        factor = 1.0 + self._drift_per_ns * (now_ns - self._first_ns)
        if self._slow_share and self._random.random_sample() < self._slow_share:
            factor *= self._slow_factor
        return factor

    def _jitter(self, stage: int) -> float:
        deviation = self._jitters[stage]
        return max(0.0, 1.0 + deviation * self._random.standard_normal()) if deviation else 1.0


def after_stall_ns(at_ns: int, stall_ns: int, every_ns: int) -> int:
    """The instant, or the end of the stall that it falls into: the first ``stall_ns`` of every period of the clock."""
    into_ns = at_ns % every_ns
    return at_ns if into_ns >= stall_ns else at_ns - into_ns + stall_ns


def read_table(stage: str, value: Option) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Batch sizes and times in ms of ``5.186`` or ``1:5.525/4:15.936``; raises Unsupported for another form."""
    try:
        entries = [entry.partition(":") for entry in str(value).split("/")]
        if len(entries) == 1 and not entries[0][1]:
            table = {1: float(value)}
        else:
            table = {int(batch): float(milliseconds) for batch, _, milliseconds in entries}
        batches = tuple(sorted(table))
        times = tuple(table[batch] for batch in batches)
    except (TypeError, ValueError):
        batches, times = (), ()
    if not times or batches[0] < 1 or not all(0 <= time < 1e9 for time in times):
        raise Unsupported(
            f"--option {stage}={value}: give milliseconds, or a table of batch size and milliseconds such as "
            "1:5.525/4:15.936."
        )
    return batches, times


def stage_ms(table: tuple[tuple[int, ...], tuple[float, ...]], batch_size: int) -> float:
    """Time of a stage at a batch size: interpolated, beyond the table's ends that of its end; one number is for all."""
    batches, times = table
    return float(np.interp(batch_size, batches, times))
