"""Cases for tests of bmrt_test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from clipperf.tools.base import Captured, Report, ToolCase

Run = Callable[..., tuple[Sequence[Report], Sequence[Captured]]]


def with_options(case: ToolCase, **options: Any) -> ToolCase:
    """The same case with these options as well."""
    return replace(case, options={**case.options, **options})


def codes(report: Report) -> set[str]:
    """Those of its warnings, without that which every measurement with this program has."""
    return {warning.code for warning in report.warnings} - {"zero-inputs"}
