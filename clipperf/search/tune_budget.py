"""How much a search may measure: minutes or measurements given by the user, else a part of what the grid would take."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from clipperf.analysis.cost import spent_s, whole_s
from clipperf.analysis.goal import Goal
from clipperf.errors import UsageError
from clipperf.measure.stop_rule import StopRule
from clipperf.results.axes import Row
from clipperf.search.tune_chooser import is_climbing
from clipperf.search.tune_finals import FIRST_ROUND, Round, bounding_requests
from clipperf.search.tune_lengths import final_rule, longest_final_s, telling_rule
from clipperf.search.tune_space import Space

WITHOUT_BUDGET = "a quarter of what the whole grid would take"
"""What ends a search without a budget."""

SEARCH_SHARE = 0.08
"""Of the time of the whole grid: with the second measurements it comes to less than a quarter."""

_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}
_FORM = re.compile(r"(?P<number>[0-9]+(\.[0-9]+)?)(?P<unit>s|min|h|cases)")


@dataclass(frozen=True)
class Budget:
    """``seconds`` by the clock, or ``measurements``, the second ones of the answer among them; ``text`` is as given."""

    text: str
    seconds: float | None = None
    measurements: int | None = None

    def has_room(self, found: Round, rows: Sequence[Row], elapsed_s: float) -> bool:
        """Whether a round of second measurements may begin after ``rows``; the first always may."""
        counts = Counter(row["case_id"] for row in rows if row["side"])
        if not counts:
            return True
        if self.seconds is not None:
            return elapsed_s < self.seconds
        assert self.measurements is not None
        missing = sum(max(0, found.pairs - counts[case_id]) for case_id in found.sides)
        return len(rows) + missing <= self.measurements


def read_budget(text: str) -> Budget:
    """The budget in a text; raises UsageError for any other form."""
    found = _FORM.fullmatch(text.strip())
    number = float(found["number"]) if found else 0.0
    if found is None or not 0 < number < math.inf or (found["unit"] == "cases" and not number.is_integer()):
        raise UsageError(
            f"--budget {text}: give a time such as 10min, 90s or 2h, or a number of measurements such as 40cases."
        )
    if found["unit"] == "cases":
        return Budget(text.strip(), measurements=int(number))
    return Budget(text.strip(), seconds=number * _SECONDS[found["unit"]])


def check_budget(budget: Budget | None, space: Space, pairs: int) -> None:
    """Raises UsageError where a number of measurements is too small for a first look and the second measurements."""
    if budget is None or budget.measurements is None:
        return
    again = FIRST_ROUND * pairs
    fewest = min(len(space.coarse) + again + 1, len(space.cases) + again)
    if budget.measurements < fewest:
        raise UsageError(
            f"--budget {budget.text}: the first look at this grid takes {len(space.coarse)} measurements and the "
            f"second measurement of the answer {again} ({pairs} pairs of up to {FIRST_ROUND} cases); give at least "
            f"{fewest}cases, or fewer --pairs."
        )


def is_spent(
    budget: Budget | None,
    space: Space,
    goal: Goal,
    rows: Sequence[Row],
    rule: StopRule,
    pairs: int,
    elapsed_s: float,
) -> bool:
    """Whether the search has to end so that the second measurements keep within the budget; ``rows`` are its own.

    Without a budget the first look at the grid is always finished, and what lies beside the best is always looked at:
    glances are cheap, and a search cut short on its way up has no answer.
    """
    if budget is None:
        is_first = len({row["case_id"] for row in rows}) <= len(space.coarse)
        is_over = not is_first and spent_s(rows) > SEARCH_SHARE * space.whole_s(rows, telling_rule(rule, goal))
        return is_over and not is_climbing(space, goal, rows)
    if budget.measurements is not None:
        return len(rows) + FIRST_ROUND * pairs >= budget.measurements
    assert budget.seconds is not None
    return elapsed_s + _finals_s(space, goal, rows, rule, pairs) >= budget.seconds


def _finals_s(space: Space, goal: Goal, rows: Sequence[Row], rule: StopRule, pairs: int) -> float:
    """About what the second measurements will take by the clock, if they are of the slowest that was seen lately."""
    longest_s = longest_final_s(space.whole_s(rows, rule), pairs)
    lately = rows[-2 * FIRST_ROUND :]
    requests = bounding_requests(goal, pairs)
    each = [
        whole_s(row, final_rule(rule, goal, [row], longest_s, requests)) + (row.get("load_s") or 0.0) for row in lately
    ]
    return FIRST_ROUND * pairs * max(each, default=0.0)
