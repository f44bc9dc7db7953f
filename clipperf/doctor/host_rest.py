"""Findings from what the host did while it was watched and the clocks were tried: is it at rest."""

from __future__ import annotations

from collections.abc import Sequence

from clipperf.doctor.clock_trial import Evenness, Lateness
from clipperf.doctor.finding import Finding
from clipperf.monitors.busiest import Program
from clipperf.monitors.host_readings import HostReadings
from clipperf.sweeping.host_rest import rest_facts

LOAD_PER_CORE = 0.5
"""Above it every second core had work over the last minute, and that may come back in the next."""

LOST_SHARE = 0.05
"""As much as other programs may take of the cores; a virtual machine of two cores at rest lost 0 to 3 %, 25 times."""

SPREAD = 0.15
"""The same 25 trials gave 3 to 10 % between p10 and p90."""

LATE_P50_US, LATE_P99_US = 200.0, 2000.0
"""The same gave 55 to 61 µs (a timer slack of 50 µs and the waking), and 70 to 400 µs; 2 ms is another's time slice."""


def rest_findings(readings: HostReadings, busiest: Sequence[Program], ticks_per_s: int) -> list[Finding]:
    """Findings from a window in which this program slept and worked on one core."""
    programs, *others = (
        Finding(fact.subject, "mend" if fact.warning else "ok", fact.found, fact.warning.remedy if fact.warning else "")
        for fact in rest_facts(readings, busiest, ticks_per_s)
    )
    return [programs, _load(readings), *others]


def trial_findings(lateness: Lateness, evenness: Evenness) -> list[Finding]:
    """Findings from the sleeps and the work that were tried."""
    slept = f"of 2 ms end {lateness.p50_us:.0f} µs late (p50), {lateness.p99_us:.0f} µs (p99)"
    is_late = lateness.p50_us > LATE_P50_US or lateness.p99_us > LATE_P99_US
    worked = (
        f"{evenness.p50_ms:.2f} ms of fixed work vary by {100 * evenness.spread:.1f} % (p10 to p90); "
        f"{100 * evenness.lost_share:.1f} % of the time was lost to interruptions"
    )
    remedy = "End other programs; on a virtual machine ask for dedicated cores."
    if evenness.lost_share > LOST_SHARE:
        noise = Finding("noise floor", "mend", worked, remedy)
    elif evenness.spread > SPREAD:
        noise = Finding("noise floor", "note", worked, "Single requests differ by as much; measure more of them.")
    else:
        noise = Finding("noise floor", "ok", worked)
    late = "Requests of an open loop are sent as late as this; end other programs, or see the processor's clock."
    return [Finding("sleeps", "note" if is_late else "ok", slept, late if is_late else ""), noise]


def _load(readings: HostReadings) -> Finding:
    if readings.load_average is None:
        return Finding("load average", "ok", "not told")
    text = " ".join(f"{load:.2f}" for load in readings.load_average) + f" over 1, 5, 15 min on {readings.cores} cores"
    if readings.load_average[0] <= LOAD_PER_CORE * readings.cores:
        return Finding("load average", "ok", text)
    return Finding(
        "load average", "note", text, "Something worked within the last minute: see that it does not return."
    )
