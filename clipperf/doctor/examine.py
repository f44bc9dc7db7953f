"""The whole examination: what the host is, what it does while it is left alone, and what works on it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from clipperf.doctor.clock_trial import count, try_sleeps, try_work
from clipperf.doctor.devices import device_findings
from clipperf.doctor.finding import Finding
from clipperf.doctor.folders import CACHE_MB, REPORTS_MB, folder_finding
from clipperf.doctor.host_facts import host_findings
from clipperf.doctor.host_rest import rest_findings, trial_findings
from clipperf.doctor.runners import runner_findings
from clipperf.models.build import cache_folder
from clipperf.monitors.host import ticks_per_s
from clipperf.results.environment import environment_of_host
from clipperf.sweeping.host_rest import look_at_host

_TRIAL_S = 0.5  # each: together 1 s, in which a tick of 10 ms is 1 % of a core


def examine(runners: Sequence[str], python: str | None) -> list[Finding]:
    """All findings, in about 2 s; ``runners`` are those that have to work, none for all that there are."""
    environment = environment_of_host()
    trials: list[Finding] = []
    # Runners and devices are asked afterwards: their programs would be the others that are looked for.
    look = look_at_host(lambda: trials.extend(_trials()), _TRIAL_S)
    return [
        *host_findings(environment),
        *trials,
        *rest_findings(look.readings, look.busiest, ticks_per_s()),
        folder_finding("cache folder", cache_folder(), CACHE_MB, "Set CLIPPERF_CACHE to a folder with room."),
        folder_finding("reports folder", Path("reports"), REPORTS_MB, "Give --out a folder that can hold the run."),
        *runner_findings(runners, python),
        *device_findings(python),
    ]


def _trials() -> list[Finding]:
    lateness = try_sleeps(time.monotonic_ns, time.sleep, _TRIAL_S)
    evenness = try_work(time.monotonic_ns, count, _TRIAL_S)
    return trial_findings(lateness, evenness)
