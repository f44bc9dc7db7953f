"""A service-level objective such as ``p99<=50ms``: read strictly, and judged by the interval of the percentile."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from clipperf.analysis.operating_points import Figure
from clipperf.errors import UsageError
from clipperf.results.schema import PERCENTILES

MET, MISSED, UNKNOWN = "met", "missed", "not known"
_MS = {"us": 1e-3, "ms": 1.0, "s": 1e3}
_FORM = re.compile(r"p(?P<percentile>[0-9]+)(?P<sign><=|<)(?P<number>[0-9]+(\.[0-9]+)?)(?P<unit>us|ms|s)")


@dataclass(frozen=True)
class Objective:
    """That percentile of the latency is at most ``limit_ms``, or below it where ``is_strict``; ``text`` is as given."""

    text: str
    percentile: int
    limit_ms: float
    is_strict: bool

    @property
    def name(self) -> str:
        """The percentile as people call it."""
        return f"p{self.percentile}"

    def judge(self, latency: Figure) -> str:
        """``met`` where even the upper bound of the percentile is within the limit, ``missed`` where the lower is not.

        Too few requests for an upper bound can therefore never meet it.
        """
        if self._holds(latency.high):
            return MET
        return UNKNOWN if self._holds(latency.low) else MISSED

    def _holds(self, value_ms: float) -> bool:
        return value_ms < self.limit_ms if self.is_strict else value_ms <= self.limit_ms


def read_objective(text: str) -> Objective:
    """The objective in a text; raises UsageError for any other form."""
    found = _FORM.fullmatch(text.strip())
    known = found is not None and int(found["percentile"]) in PERCENTILES
    limit_ms = float(found["number"]) * _MS[found["unit"]] if found else 0.0
    if found is None or not known or not 0 < limit_ms < math.inf:
        raise UsageError(
            f"--slo {text}: give {', '.join(f'p{number}' for number in PERCENTILES)}, then <= or <, then a time above "
            "0 in ms, us or s, all without spaces, such as p99<=50ms; quote it, since a shell takes < for itself."
        )
    return Objective(text.strip(), int(found["percentile"]), limit_ms, found["sign"] == "<")
