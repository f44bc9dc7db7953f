"""Whether several processes of a vendor's program measured at the same time, and which of their requests did.

They begin apart, each loading its model for as long as that takes: short runs may not overlap at all, and rates of
different times do not add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ENOUGH = 0.9
"""Share of the longest that all have to measure together; below it a row carries a warning."""

FEWEST = 10
"""Requests of each in the common interval; fewer make no rate."""

LEAST_S = 1e-6
"""The wall clock knows nothing shorter."""


@dataclass(frozen=True)
class Span:
    """From when to when something was measured; seconds of one clock."""

    begin_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """Negative where it is none."""
        return self.end_s - self.begin_s


def common(spans: Sequence[Span]) -> Span:
    """The interval in which all measure; its length is not positive where there is none."""
    return Span(max(span.begin_s for span in spans), min(span.end_s for span in spans))


def share(spans: Sequence[Span]) -> float:
    """The common interval as a share of the longest, 0 where there is none."""
    together_s = common(spans).length_s
    return together_s / max(span.length_s for span in spans) if together_s >= LEAST_S else 0.0


def spread(span: Span, durations_ms: Sequence[float]) -> np.ndarray:
    """When each request ended, where only the span is known: the rest of its time is shared out in proportion."""
    ends = np.cumsum(durations_ms)
    return np.asarray(span.begin_s + ends / ends[-1] * span.length_s)


def within(span: Span, ends_s: np.ndarray) -> np.ndarray:
    """Which requests ended in the interval; the one that opens it is not counted."""
    return (ends_s > span.begin_s) & (ends_s <= span.end_s)
