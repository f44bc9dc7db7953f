"""The table of a validation: truth, measured, error, allowed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clipperf.report.number import figure


def validation_records(checks: Sequence[Any]) -> list[dict[str, str]]:
    """One record a check, figures as texts of six digits."""
    return [
        {
            "scenario": check.scenario,
            "figure": check.figure,
            "unit": check.unit,
            "truth": figure(check.truth, 6),
            "measured": figure(check.measured, 6),
            "error": figure(check.error, 3),
            "allowed": f"±{figure(check.allowed, 3)}",
            "verdict": "holds" if check.holds else "OUT",
        }
        for check in checks
    ]
