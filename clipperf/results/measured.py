"""What a case left behind, from which its figures and warnings follow."""

from __future__ import annotations

from dataclasses import dataclass

from clipperf.measure.samples import Samples


@dataclass(frozen=True)
class Measured:
    """Every sample of a case, and how its measurement ended.

    ``harness_ns`` is the harness's own cost a request, ``resolution_ns`` the clock's smallest step, ``offered_rate`` an
    open loop's requests a second; None where they are not known.
    """

    samples: Samples
    slots: int
    warm_ns: int
    stop_ns: int
    is_precise: bool
    is_full: bool
    harness_ns: float | None = None
    resolution_ns: float | None = None
    offered_rate: float | None = None
