"""How late the harness itself issued requests, apart from the queue that the device made."""

from __future__ import annotations

import numpy as np

from clipperf.measure.samples import Samples


def lateness_ns(samples: Samples) -> np.ndarray:
    """For each request, issued − the later of when it was due and when its slot became free; int64 ns.

    ``samples`` must hold every request of the case, in order of completion. A slot takes an arrival as soon as it is
    free, so that instant is the completion of the request before on the same slot; a slot's first request counts from
    when it was due.
    """
    order = np.lexsort((samples.issued_ns, samples.slot))
    slot, completed = samples.slot[order], samples.completed_ns[order]
    free = np.zeros_like(completed)
    same = slot[1:] == slot[:-1]
    free[1:][same] = completed[:-1][same]
    late = np.empty_like(completed)
    late[order] = samples.issued_ns[order] - np.maximum(samples.scheduled_ns[order], free)
    return late
