"""What a row says against itself where its service times are no single heap: bursts of slow ones, or two modes."""

from __future__ import annotations

from clipperf.measure.modes import Modes
from clipperf.measure.outliers import Outliers
from clipperf.measure.row_warning import RowWarning


def check_bursts(outliers: Outliers | None, requests: int) -> RowWarning | None:
    """Whether slow requests came together, as they do when something else takes the machine for a while."""
    if outliers is None or not outliers.come_in_bursts:
        return None
    bursts = "one burst" if outliers.bursts == 1 else f"{outliers.bursts} bursts"
    return RowWarning(
        "bursts",
        f"{outliers.number} of {requests} requests took over {outliers.limit_ns / 1e6:.4g} ms, far beyond the others, "
        f"and {outliers.in_bursts} of them came in {bursts}: something interfered. They are in all figures.",
        "Keep other work off the machine and measure again; --repeat 3 shows whether they belong to the device.",
    )


def check_modes(modes: Modes | None) -> RowWarning | None:
    """Whether the service times have two modes."""
    if modes is None:
        return None
    slow = 100 * modes.slow_share
    return RowWarning(
        "bimodal",
        f"{100 - slow:.0f} % of the requests took about {modes.fast_ns / 1e6:.4g} ms and {slow:.0f} % about "
        f"{modes.slow_ns / 1e6:.4g} ms, with few in between: no single latency is typical.",
        "See which requests they are: --instances 1 --queue-depth 1 shows whether they disturb each other, --repeat 3 "
        "whether it depends on the process.",
    )
