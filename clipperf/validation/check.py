"""One figure of the profiler held against its true value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """``measured`` may be off ``truth`` by ``allowed``, in the figure's own unit; the allowance is fixed beforehand."""

    scenario: str
    figure: str
    unit: str
    truth: float
    measured: float
    allowed: float

    @property
    def error(self) -> float:
        """Measured − truth."""
        return self.measured - self.truth

    @property
    def holds(self) -> bool:
        """Whether the error is within what is allowed; a missing figure holds nothing."""
        return abs(self.error) <= self.allowed


def within(scenario: str, figure: str, unit: str, truth: float, measured: float, share: float) -> Check:
    """A check whose allowance is a share of the truth."""
    return Check(scenario, figure, unit, truth, measured, share * abs(truth))


def says(scenario: str, what: str, is_said: bool) -> Check:
    """A check that the row says something: 1 for yes, with no allowance."""
    return Check(scenario, f"says {what}", "", 1.0, float(is_said), 0.0)
