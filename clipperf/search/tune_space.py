"""The points that may be chosen, what lies beside each, and the few that are looked at first."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from clipperf.analysis.cost import whole_s
from clipperf.measure.stop_rule import StopRule
from clipperf.plan import Case
from clipperf.results.axes import Row

_NOT_AXES = ("devices", "options")
_COARSE = 1.3


@dataclass(frozen=True)
class Axis:
    """An axis that varies, with its values in order; ``is_ordered`` where neighbouring values are alike."""

    name: str
    values: tuple[Any, ...]
    is_ordered: bool


@dataclass(frozen=True)
class Space:
    """The cases of a grid; the first is the default configuration, as it has the first value of every axis."""

    cases: tuple[Case, ...]

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """Those in which any two cases differ."""
        settings = [_settings(case) for case in self.cases]
        names = dict.fromkeys(name for one in settings for name in one)
        values = {name: list({_key(one.get(name)): one.get(name) for one in settings}.values()) for name in names}
        return tuple(_axis(name, found) for name, found in values.items() if len(found) > 1)

    @cached_property
    def places(self) -> dict[str, tuple[int, ...]]:
        """Of every case the rank of its value on each axis."""
        ranks = [{_key(value): rank for rank, value in enumerate(axis.values)} for axis in self.axes]
        return {
            case.case_id: tuple(
                of_axis[_key(_settings(case).get(axis.name))] for axis, of_axis in zip(self.axes, ranks, strict=True)
            )
            for case in self.cases
        }

    @cached_property
    def at(self) -> dict[tuple[int, ...], str]:
        """The id of the case at a place."""
        return {place: case_id for case_id, place in self.places.items()}

    def distance(self, one: str, other: str) -> float:
        """How unlike two cases are: 1 from end to end of an axis, or between two values that have no order."""
        steps = zip(self.axes, self.places[one], self.places[other], strict=True)
        return math.hypot(*(_apart(axis, a, b) for axis, a, b in steps))

    def beside(self, case_id: str) -> list[str]:
        """The next cases along each ordered axis both ways, and those with any other value of an axis without order."""
        place = self.places[case_id]
        found = []
        for number, axis in enumerate(self.axes):
            below, above = range(place[number] - 1, -1, -1), range(place[number] + 1, len(axis.values))
            ways = [below, above] if axis.is_ordered else [[rank] for rank in (*below, *above)]
            for way in ways:
                there = (self.at.get((*place[:number], rank, *place[number + 1 :])) for rank in way)
                found += [each for each in there if each is not None][:1]
        return found

    def across(self, case_id: str) -> list[str]:
        """The cases one step away on two ordered axes at once: where one axis makes up for what the other takes."""
        place = self.places[case_id]
        ordered = [number for number, axis in enumerate(self.axes) if axis.is_ordered]
        found = []
        for one, other in itertools.combinations(ordered, 2):
            for step, second in itertools.product((-1, 1), repeat=2):
                moved = list(place)
                moved[one] += step
                moved[other] += second
                found.append(self.at.get(tuple(moved)))
        return [each for each in found if each is not None]

    def whole_s(self, rows: Sequence[Row], rule: StopRule) -> float:
        """About what measuring every case by ``rule`` would take: one that has no figures as long as the nearest."""
        # The last row of a case is its longest, which knows its own noise best.
        found = {row["case_id"]: whole_s(row, rule) for row in rows}
        if not found:
            return 0.0
        return math.fsum(found[self._nearest(case.case_id, found)] for case in self.cases)

    def _nearest(self, case_id: str, to: Iterable[str]) -> str:
        return min(to, key=lambda known: self.distance(known, case_id))

    @cached_property
    def coarse(self) -> tuple[str, ...]:
        """A few cases all over the grid, the default first, each as far as can be from those before it.

        Their number grows with the square root of the grid's: half of the axes' knowledge comes from the refinement.
        """
        number = max(len(self.axes) + 1, math.ceil(_COARSE * math.sqrt(len(self.cases))))
        first = self.cases[0].case_id
        return (first, *self.farthest([first], number - 1))

    def farthest(self, known: Collection[str], number: int) -> list[str]:
        """So many cases that are not ``known``, or all there are, each as far as can be from those before it."""
        nearest = {
            case.case_id: min(self.distance(case.case_id, each) for each in known)
            for case in self.cases
            if case.case_id not in known
        }
        chosen: list[str] = []
        while nearest and len(chosen) < number:
            chosen.append(max(nearest, key=nearest.__getitem__))
            del nearest[chosen[-1]]
            for each in nearest:
                nearest[each] = min(nearest[each], self.distance(each, chosen[-1]))
        return chosen


def _settings(case: Case) -> dict[str, Any]:
    own = {name: value for name, value in case.identity.items() if name not in _NOT_AXES}
    return {**own, **{f"option {key}": value for key, value in case.options}}


def _axis(name: str, values: Sequence[Any]) -> Axis:
    if name == "device" and len({value.count(",") for value in values}) == len(values):
        return Axis(name, tuple(sorted(values, key=lambda devices: devices.count(","))), True)
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return Axis(name, tuple(sorted(values)), True)
    return Axis(name, tuple(values), False)


def _apart(axis: Axis, one: int, other: int) -> float:
    if not axis.is_ordered:
        return float(one != other)
    return abs(one - other) / (len(axis.values) - 1)


def _key(value: Any) -> str:
    # In Python 1, 1.0 and True are equal, as options they are not.
    return json.dumps(value)
