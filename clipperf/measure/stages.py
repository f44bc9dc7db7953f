"""Times of single stages of requests, as an SDK tells them, beside the instants that clipperf took."""

from __future__ import annotations

from typing import Sequence

import numpy as np

from clipperf.measure.samples import Samples


def times_by_request(samples: Samples, times_ns: Sequence[Sequence[float]]) -> np.ndarray:
    """The time of each request of ``samples``, ns, NaN where it was not told.

    ``times_ns[s]`` are those of slot s in the order of its requests, from the first one that was recorded.
    """
    by_request = np.full(len(samples), np.nan)
    for slot, told in enumerate(times_ns):
        places = np.flatnonzero(samples.slot == slot)[: len(told)]
        by_request[places] = told[: len(places)]
    return by_request
