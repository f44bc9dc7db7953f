"""How long a case warms up and measures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StopRule:
    """``iterations`` or ``duration_ns`` fix the window, as the vendors' tools do; without both, precision decides.

    Then the window closes when the 95 % interval is within ±``target_ci`` and the least duration and number of requests
    are reached, or at ``max_duration_ns`` (see ``stopping``). 100 requests bound p95, and one second spans ten of the
    100 ms periods in which container quotas and the operating system's accounting work; together they cost a tenth to a
    fifth of the vendors' 1,000 iterations.

    A warm-up takes ``warmup_requests`` of every slot and ``warmup_ns``, whichever is later. Where ``warmup_bound_ns``
    is given it then goes on until the load is steady, or for that long after its start. ``timeout_ns`` is the response
    time beyond which a request counts as late.
    """

    warmup_requests: int
    warmup_ns: int
    warmup_bound_ns: int | None = None
    iterations: int | None = None
    duration_ns: int | None = None
    target_ci: float = 0.01
    min_requests: int = 100
    min_duration_ns: int = 1_000_000_000
    max_duration_ns: int = 30_000_000_000
    timeout_ns: int | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether the user fixed the length, so that precision is not asked for."""
        return self.iterations is not None or self.duration_ns is not None

    @property
    def longest_warmup_ns(self) -> int:
        """How long the warm-up may take where requests are short."""
        return max(self.warmup_ns, self.warmup_bound_ns or 0)
