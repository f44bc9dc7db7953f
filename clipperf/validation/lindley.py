"""What a single server that is never idle while a request waits must do with a given schedule."""

from __future__ import annotations

import numpy as np


def completions_ns(scheduled_ns: np.ndarray, service_ns: int, stall_ns: int = 0, stall_every_ns: int = 1) -> np.ndarray:
    """When each request is done, int64 ns: it begins at its arrival or the completion before it (Lindley, 1952).

    Nothing begins in the first ``stall_ns`` of every ``stall_every_ns`` of the clock.
    """
    done = np.empty_like(scheduled_ns)
    free = 0
    for place, due in enumerate(scheduled_ns.tolist()):
        begin = max(due, free)
        into = begin % stall_every_ns
        if into < stall_ns:
            begin += stall_ns - into
        done[place] = free = begin + service_ns
    return done
