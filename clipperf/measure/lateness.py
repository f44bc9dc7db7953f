"""How late the harness itself issued requests, apart from the queue that the device made."""

from __future__ import annotations

import numpy as np

from clipperf.measure.samples import Samples


def slot_free_ns(samples: Samples) -> np.ndarray:
    """For each request, the completion of the one before on the same slot, int64 ns; 0 for a slot's first.

    ``samples`` must hold every request of the case, in order of completion.
    """
    order = np.lexsort((samples.issued_ns, samples.slot))
    slot, completed = samples.slot[order], samples.completed_ns[order]
    before = np.zeros_like(completed)
    same = slot[1:] == slot[:-1]
    before[1:][same] = completed[:-1][same]
    free = np.empty_like(completed)
    free[order] = before
    return free


def lateness_ns(samples: Samples) -> np.ndarray:
    """For each request, issued − the later of when it was due and when its slot became free; int64 ns.

    ``samples`` must hold every request of the case. A slot takes an arrival as soon as it is free; a slot's first
    request counts from when it was due.
    """
    late: np.ndarray = samples.issued_ns - np.maximum(samples.scheduled_ns, slot_free_ns(samples))
    return late
