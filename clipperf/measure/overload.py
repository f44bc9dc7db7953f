"""Whether an open loop offers more than the device can do, so that its queue grows."""

from __future__ import annotations

import numpy as np

from clipperf.measure.lateness import slot_free_ns
from clipperf.measure.row_warning import RowWarning
from clipperf.measure.samples import Samples
from clipperf.measure.window import Window

FEWEST_REQUESTS = 100
_WAITING = 0.995
_GROWTH = 0.01
_PARTS = 5


def check_overload(samples: Samples, window: Window, offered_rate: float) -> RowWarning | None:
    """Whether the queue grew over the window; ``offered_rate`` are requests/s, ``samples`` all of the case.

    It grew when in the later half of the window practically every request was due before a slot was free for it (a
    device with time to spare is sometimes idle), and when response times rose, from the first fifth to the last, by
    over 1 % of the window's length: that is the share of the arrivals that were not served. In windows of 2,000
    requests to a server of constant time it is said of 95 % at a load of 105 %, of 3 % at 95 % and of none at 90 %.
    """
    counts = window.holds(samples)
    latency_ns = samples.latency_ns[counts]
    if latency_ns.size < FEWEST_REQUESTS:
        return None
    waited = (samples.scheduled_ns < slot_free_ns(samples))[counts]
    parts_ns = [float(part.mean()) for part in np.array_split(latency_ns, _PARTS)]
    growth_ns = (parts_ns[-1] - parts_ns[0]) * _PARTS / (_PARTS - 1)
    if float(waited[waited.size // 2 :].mean()) < _WAITING or growth_ns < _GROWTH * window.length_ns:
        return None
    served_rate = latency_ns.size / (window.length_ns * 1e-9)
    return RowWarning(
        "overload",
        f"{offered_rate:g} requests/s were offered, {served_rate:.4g} were served: no slot was ever free, and response "
        f"times rose from {parts_ns[0] / 1e6:.4g} to {parts_ns[-1] / 1e6:.4g} ms over the window, with no end to it.",
        f"Offer less, a --rate well below {served_rate:.4g}; or raise the capacity with --instances, --queue-depth or "
        "--device.",
    )
