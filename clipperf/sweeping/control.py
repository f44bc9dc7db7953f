"""The control case: the first case of a sweep measured once more at its end, to show what the machine did meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clipperf.plan import Case
from clipperf.results.schema import MEASURED
from clipperf.sweeping.bench import Bench

FEWEST_CASES = 3
"""A sweep of two cases is over before a machine drifts, and a third measurement would be half as long again."""

_KEPT = ("case_id", "model", "batch_size", "started_at", "status", "requests", "qps", "qps_ci_low", "qps_ci_high")


def measure_control(bench: Bench, case: Case, first: Mapping[str, Any]) -> dict[str, Any] | None:
    """What control.json holds: the case's figures at the beginning and at the end, and the change of qps in percent.

    None where either gave no figures.
    """
    last = bench.measure(case, "control")
    if first["status"] not in MEASURED or last["status"] not in MEASURED:
        return None
    return {
        "first": {name: first.get(name) for name in _KEPT},
        "last": {name: last.get(name) for name in _KEPT},
        "change_pct": 100.0 * (last["qps"] / first["qps"] - 1.0),
    }
