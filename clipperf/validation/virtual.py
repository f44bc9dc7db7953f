"""A device and its load without a clock: events in virtual time, many runs at once, to Samples as the harness records.

What a run's requests take is drawn beforehand, so that the truth is known; the device adds what must follow: waiting
for a free slot, for a free unit of each stage, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clipperf.measure.samples import Samples


@dataclass(frozen=True)
class VirtualLoad:
    """The instants of every request of several runs, int64 ns of shape (runs, requests), in the order of issue."""

    scheduled_ns: np.ndarray
    issued_ns: np.ndarray
    completed_ns: np.ndarray
    slot: np.ndarray

    def samples(self, run: int, slots_per_instance: int = 1) -> Samples:
        """One run as its workers would have recorded it: in the order of completion."""
        order = np.argsort(self.completed_ns[run], kind="stable")
        slot = self.slot[run][order]
        return Samples(
            self.scheduled_ns[run][order],
            self.issued_ns[run][order],
            self.completed_ns[run][order],
            slot,
            slot // slots_per_instance,
        )


def closed_load(
    stages_ns: Sequence[np.ndarray], slots: int, units: Sequence[int] = (1,), start_ns: int = 1
) -> VirtualLoad:
    """A closed loop: each slot issues its next request the moment its last one completed.

    ``stages_ns`` holds for each stage in a row what each request takes there, int64 of shape (runs, requests); a stage
    has ``units`` servers (given once for all stages, or for each) and serves first come, first served.
    """
    runs, requests = stages_ns[0].shape
    return _run(stages_ns, units, np.full((runs, requests), start_ns, dtype=np.int64), slots, is_open=False)


def open_load(
    stages_ns: Sequence[np.ndarray], arrivals_ns: np.ndarray, slots: int, units: Sequence[int] = (1,)
) -> VirtualLoad:
    """An open loop: the request that is due next is issued at its arrival, or when the first slot is free after it.

    ``arrivals_ns``: int64 of shape (runs, requests), each row rising.
    """
    return _run(stages_ns, units, arrivals_ns, slots, is_open=True)


def _run(
    stages_ns: Sequence[np.ndarray], units: Sequence[int], due_ns: np.ndarray, slots: int, is_open: bool
) -> VirtualLoad:
    runs, requests = due_ns.shape
    each = np.arange(runs)
    units = tuple(units) * len(stages_ns) if len(units) == 1 else tuple(units)
    busy_until = [np.zeros((runs, number), dtype=np.int64) for number in units]
    free_ns = np.zeros((runs, slots), dtype=np.int64)
    issued, completed, taken_by = (np.empty((runs, requests), dtype=np.int64) for _ in range(3))
    for request in range(requests):
        slot = free_ns.argmin(axis=1)
        at = np.maximum(due_ns[:, request], free_ns[each, slot])
        issued[:, request], taken_by[:, request] = at, slot
        for stage_ns, until in zip(stages_ns, busy_until, strict=True):
            unit = until.argmin(axis=1)
            at = np.maximum(at, until[each, unit]) + stage_ns[:, request]
            until[each, unit] = at
        completed[:, request] = free_ns[each, slot] = at
    return VirtualLoad(due_ns if is_open else issued, issued, completed, taken_by)
