"""Crews that measure at the same time wait for each other, or nobody would know who was beside whom."""

from __future__ import annotations

import threading
from typing import Protocol

from clipperf.errors import CaseFailed


class Company(Protocol):
    """Whom a measurement waits for: when the devices were looked at, when its model is loaded, when its window is over.

    Until the last of them is over, each keeps its load on the device. ``place`` tells them apart, so that requests of
    two open loops do not arrive at the same instants.
    """

    place: int

    def meet(self, timeout_s: float) -> None:
        """Returns when all have come this far; raises CaseFailed where one never will."""

    def leave(self) -> None:
        """Tells the others not to wait."""


class Alone:
    """Nobody else measures."""

    place = 0

    def meet(self, timeout_s: float) -> None:
        """At once."""

    def leave(self) -> None:
        """Nobody waits."""


class Together:
    """One of several that measure at the same time, each in a thread of its own; all have the same barrier."""

    def __init__(self, barrier: threading.Barrier, place: int) -> None:
        self._barrier, self.place = barrier, place

    def meet(self, timeout_s: float) -> None:
        """Returns when all have come this far; raises CaseFailed where one never will."""
        try:
            self._barrier.wait(timeout_s)
        except threading.BrokenBarrierError:
            raise CaseFailed(
                "neighbour-lost", "What was to be measured beside it failed or did not come; see its own row."
            ) from None

    def leave(self) -> None:
        """Those that wait, or will, get CaseFailed."""
        self._barrier.abort()
