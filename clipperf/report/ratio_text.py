"""A ratio and its interval as people read them."""

from __future__ import annotations

import math

from clipperf.analysis.compare_ratio import Logarithm
from clipperf.report.number import DASH


def ratio_text(ratio: Logarithm | None) -> str:
    """Thousandths whatever the size: of ratios, unlike of figures, it is the difference from 1 that is read."""
    return DASH if ratio is None else f"{math.exp(ratio.middle):.3f}"


def interval_text(ratio: Logarithm | None) -> str:
    """Both bounds, or what it is at least or at most where one is not known."""
    if ratio is None:
        return DASH
    low, high = (f"{math.exp(log):.3f}" if math.isfinite(log) else "" for log in (ratio.low, ratio.high))
    if low and high:
        return f"{low} … {high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else DASH
