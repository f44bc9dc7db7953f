"""Whether the harness itself shows in the figures: its clock, its cost, its own delays."""

from __future__ import annotations

from clipperf.measure.row_warning import RowWarning

FEWEST_TICKS = 100
"""A service time of fewer ticks of the clock is told no better than ±1 %, the precision that a window is asked for."""

HARNESS_SHARE = 0.05
LATE_SHARE = 0.05


def check_resolution(service_p50_ns: float, resolution_ns: float | None) -> RowWarning | None:
    """Whether the clock is fine enough for these service times; ``resolution_ns`` is its smallest step."""
    if resolution_ns is None or service_p50_ns >= FEWEST_TICKS * resolution_ns:
        return None
    return RowWarning(
        "sub-resolution",
        f"The median service time of {service_p50_ns / 1e3:.3g} µs is only {service_p50_ns / resolution_ns:.3g} steps "
        f"of the clock ({resolution_ns:g} ns): percentiles are no finer than that. qps is counted and not affected.",
        "Give requests more to do with a larger --batch.",
    )


def check_harness(harness_ns: float | None, service_p50_ns: float) -> RowWarning | None:
    """Whether the harness's own cost a request, as the null runner has it, is a material part of the service time."""
    if harness_ns is None or harness_ns <= HARNESS_SHARE * service_p50_ns:
        return None
    share = 100 * harness_ns / service_p50_ns if service_p50_ns > 0 else float("inf")
    return RowWarning(
        "harness-share",
        f"The harness itself takes {harness_ns / 1e3:.3g} µs a request at this concurrency, {share:.3g} % of the "
        f"median service time of {service_p50_ns / 1e3:.4g} µs: qps is partly that of the harness.",
        "Use fewer threads in a process (--queue-depth 1 --instances 1; further --device sets have processes of their "
        "own), or a larger --batch.",
    )


def check_lateness(late_p99_ns: float | None, service_p50_ns: float) -> RowWarning | None:
    """Whether an open loop's requests left later than they were due though a slot was free."""
    if late_p99_ns is None or late_p99_ns <= LATE_SHARE * service_p50_ns:
        return None
    return RowWarning(
        "late-issue",
        f"One request in a hundred was issued {late_p99_ns / 1e6:.3g} ms or more after it was due although a slot was "
        f"free; the median service time is {service_p50_ns / 1e6:.4g} ms. The delay is the harness's and is in the "
        "latencies.",
        "Offer less with --rate, use fewer slots (--queue-depth, --instances), or keep other work off the cores.",
    )
