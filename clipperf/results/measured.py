"""What a case left behind, from which its figures and warnings follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clipperf.measure.samples import Samples


@dataclass(frozen=True)
class Measured:
    """Every sample of a case, and how its measurement ended.

    ``compute_ns`` is the execution time of each sample by the SDK's own clock, NaN where it does not tell.
    ``harness_ns`` is the harness's own cost a request, ``resolution_ns`` the clock's smallest step, ``offered_rate`` an
    open loop's requests a second; None where they are not known.
    """

    samples: Samples
    slots: int
    warm_ns: int
    stop_ns: int
    is_precise: bool
    is_full: bool
    compute_ns: np.ndarray | None = None
    harness_ns: float | None = None
    resolution_ns: float | None = None
    offered_rate: float | None = None
