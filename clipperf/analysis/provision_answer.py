"""The answer of ``clipperf provision``: the plan of each tower, and of both on shared devices if measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clipperf.analysis.compare_gate import PASSED, REGRESSED, TOO_NOISY
from clipperf.analysis.objective import MET, MISSED
from clipperf.analysis.provision import TowerPlan
from clipperf.analysis.provision_shared import Shared
from clipperf.errors import UsageError
from clipperf.results.axes import text_of


@dataclass(frozen=True)
class Answer:
    """``tried`` are the numbers of shared device sets that were measured, the fewest first; empty without --colocate.

    Prices are in the money of ``price_per_device_hour``, None where none was given.
    """

    plans: tuple[TowerPlan, ...]
    headroom: float
    price_per_device_hour: float | None = None
    tried: tuple[Shared, ...] = ()

    @property
    def devices(self) -> int | None:
        """All devices, of which the towers have their own; None where a tower has no plan."""
        chosen = [plan.chosen for plan in self.plans]
        return None if None in chosen else sum(one.devices for one in chosen if one is not None)

    @property
    def shared(self) -> Shared | None:
        """The fewest shared device sets on which both towers meet their objectives; None where none was found."""
        return next((one for one in self.tried if one.verdict == MET), None)

    @property
    def verdict(self) -> str:
        """The worst of the towers; where sharing devices was measured, that of the last number that was tried."""
        if self.tried:
            return self.tried[-1].verdict
        verdicts = {MISSED if plan.chosen is None else plan.chosen.verdict for plan in self.plans}
        return MISSED if MISSED in verdicts else MET if verdicts == {MET} else next(iter(verdicts - {MET}))


def check_scopes(plans: Sequence[TowerPlan]) -> None:
    """Raises UsageError where the towers' clocks went round different things: their devices must not be added up."""
    scopes = {plan.curve.tower: text_of(plan.curve.row.get("scope")) for plan in plans}
    if len(set(scopes.values())) > 1:
        told = ", ".join(f"{tower} of scope {scope}" for tower, scope in scopes.items())
        raise UsageError(f"The rows are of different scope ({told}), and scopes are never mixed; measure both alike.")


def gate(answer: Answer) -> int:
    """The exit code of ``--fail-on missed``: 0 where every tower meets its objective for certain, 3 where one does not.

    4 where nobody knows.
    """
    return {MET: PASSED, MISSED: REGRESSED}.get(answer.verdict, TOO_NOISY)
