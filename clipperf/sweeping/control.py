"""The control case: the first case of a sweep measured once more at its end, to show what the machine did meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clipperf.plan import Case
from clipperf.results.schema import MEASURED
from clipperf.sweeping.bench import Bench

FEWEST_CASES = 3
"""A sweep of two cases is over before a machine drifts, and a third measurement would be half as long again."""

_KEPT = ("case_id", "model", "batch_size", "started_at", "status", "requests")
_RATES = ("qps", "qps_compute")
"""A vendor's tool may tell nothing but the second."""


def measure_control(bench: Bench, case: Case, first: Mapping[str, Any]) -> dict[str, Any] | None:
    """What control.json holds: the case's figures at the beginning and at the end, and the change of its rate in %.

    None where either gave no figures, or they have no rate in common.
    """
    last = bench.measure(case, "control")
    if first["status"] not in MEASURED or last["status"] not in MEASURED:
        return None
    rate = next((name for name in _RATES if first.get(name) and last.get(name)), None)
    if rate is None:
        return None
    kept = (*_KEPT, rate, f"{rate}_ci_low", f"{rate}_ci_high")
    return {
        "first": {name: first.get(name) for name in kept},
        "last": {name: last.get(name) for name in kept},
        "rate": rate,
        "change_pct": 100.0 * (last[rate] / first[rate] - 1.0),
    }
