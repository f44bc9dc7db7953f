"""Whether a vendor's own statistics follow from the latencies that its program wrote down."""

from __future__ import annotations

import math
from typing import Mapping

import numpy as np

from clipperf.measure.row_warning import RowWarning

ROUNDING = 0.002
"""Two digits after the point of a latency of some ms, or five significant digits, are within this share."""

_SHARES = {"vendor_latency_p50_ms": 0.5, "vendor_latency_p99_ms": 0.99}


def check_vendor(latencies_ms: np.ndarray, batch_size: int, vendor: Mapping[str, float]) -> RowWarning | None:
    """Whether the vendor's mean, percentiles and rate are those of the latencies that it wrote down itself.

    A percentile may lie anywhere between the two latencies next to its rank, as programs interpolate differently. The
    rate is that of one place of execution, batch size ÷ mean latency, which is what ais_bench calls throughput.
    """
    ordered = np.sort(latencies_ms)
    mean = float(ordered.mean())
    allowed = {
        "vendor_latency_mean_ms": (mean, mean),
        "vendor_qps": (1e3 * batch_size / mean,) * 2,
        **{name: _neighbours(ordered, share) for name, share in _SHARES.items()},
    }
    wrong = [
        f"{name} is {vendor[name]:.6g}, by the latencies it is {_middle(low, high):.6g}"
        for name, (low, high) in allowed.items()
        if name in vendor and not low * (1 - ROUNDING) <= vendor[name] <= high * (1 + ROUNDING)
    ]
    if not wrong:
        return None
    return RowWarning(
        "vendor-disagrees",
        f"The tool's own statistics do not follow from the latencies that it wrote down: {'; '.join(wrong)}.",
        "Believe the figures from the latencies, and look for what the tool leaves out or divides by.",
    )


def _neighbours(ordered: np.ndarray, share: float) -> tuple[float, float]:
    place = (ordered.size - 1) * share
    return float(ordered[max(0, math.floor(place) - 1)]), float(ordered[min(ordered.size - 1, math.ceil(place) + 1)])


def _middle(low: float, high: float) -> float:
    return (low + high) / 2
