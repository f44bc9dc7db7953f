"""A demand on a figure, such as ``p99<=50ms``: read strictly, and judged by the interval of the figure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from clipperf.analysis.operating_points import Figure
from clipperf.analysis.quantity import QUANTITIES, Quantity
from clipperf.errors import UsageError
from clipperf.results.schema import PERCENTILES

MET, MISSED, UNKNOWN = "met", "missed", "not known"
_FORM = re.compile(r"(?P<name>[a-z_0-9]+)(?P<sign><=|<|>=|>)(?P<number>[0-9]+(\.[0-9]+)?)(?P<unit>[A-Za-z]*)")


@dataclass(frozen=True)
class Constraint:
    """The quantity stays on its good side of ``limit``, in the unit of its column; ``text`` is as given.

    A value that equals the limit is on the good side unless ``is_strict``.
    """

    text: str
    quantity: Quantity
    limit: float
    is_strict: bool

    @property
    def name(self) -> str:
        """The quantity as people call it."""
        return self.quantity.name

    def judge(self, figure: Figure) -> str:
        """``met`` where even the worse bound of the figure is within the limit, ``missed`` where the better is not.

        Too few requests for that bound can therefore never meet it.
        """
        worse, better = (figure.high, figure.low)[:: -1 if self.quantity.more_is_better else 1]
        if self._holds(worse):
            return MET
        return UNKNOWN if self._holds(better) else MISSED

    def _holds(self, value: float) -> bool:
        if value == self.limit:
            return not self.is_strict
        return value > self.limit if self.quantity.more_is_better else value < self.limit


@dataclass(frozen=True)
class Objective(Constraint):
    """A service-level objective: that percentile of the latency is at most ``limit_ms``, or below it."""

    @property
    def percentile(self) -> int:
        """The number of the percentile."""
        assert self.quantity.percentile is not None
        return self.quantity.percentile

    @property
    def limit_ms(self) -> float:
        """The limit."""
        return self.limit


def read_objective(text: str, flag: str = "--slo") -> Objective:
    """The objective in a text; raises UsageError for any other form, which names the ``flag``."""
    found = _read(text)
    if found is None or found.quantity.percentile is None or not 0 < found.limit < math.inf:
        raise UsageError(
            f"{flag} {text}: give {', '.join(f'p{number}' for number in PERCENTILES)}, then <= or <, then a time above "
            "0 in ms, us or s, all without spaces, such as p99<=50ms; quote it, since a shell takes < for itself."
        )
    return Objective(found.text, found.quantity, found.limit, found.is_strict)


def read_constraint(text: str) -> Constraint:
    """The constraint in a text; raises UsageError for any other form."""
    found = _read(text)
    if found is None or not 0 < found.limit < math.inf:
        raise UsageError(
            f"--constraint {text}: give one of {', '.join(map(_form_of, QUANTITIES.values()))}, each with a number "
            "above 0 and without spaces, such as p99<=50ms; < and > are taken too; quote it, since a shell takes them "
            "for itself."
        )
    return found


def _read(text: str) -> Constraint | None:
    found = _FORM.fullmatch(text.strip())
    quantity = QUANTITIES.get(found["name"]) if found else None
    if found is None or quantity is None or found["unit"] not in quantity.units:
        return None
    if found["sign"].startswith(">") is not quantity.more_is_better:
        return None
    limit = float(found["number"]) * quantity.units[found["unit"]]
    return Constraint(text.strip(), quantity, limit, not found["sign"].endswith("="))


def _form_of(quantity: Quantity) -> str:
    units = "|".join(quantity.units)
    return f"{quantity.name}{'>=' if quantity.more_is_better else '<='}{f'({units})' if units else ''}"
