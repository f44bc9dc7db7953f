"""From a profile to the ordered cases of a sweep."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simpleeval import InvalidExpression, SimpleEval

from clipperf.errors import ProfileError
from clipperf.profile import Profile, Scalar

WHERE_NAMES = (
    "model",
    "precision",
    "batch_size",
    "runner",
    "device",
    "devices",
    "instances",
    "queue_depth",
    "concurrency",
    "offered_rate",
)
MOST_CASES = 100_000


@dataclass(frozen=True)
class Case:
    """One point of the grid, every axis fixed. ``device`` is the whole set, comma separated."""

    model: str
    precision: str
    batch_size: int
    runner: str
    device: str
    instances: int
    queue_depth: int
    scope: str
    options: tuple[tuple[str, Scalar], ...] = ()
    arrival: str | None = None
    offered_rate: float | None = None

    @property
    def loop(self) -> str:
        """``open`` where requests arrive at a rate, else ``closed``."""
        return "closed" if self.offered_rate is None else "open"

    @property
    def device_ids(self) -> tuple[str, ...]:
        """The devices of the set."""
        return tuple(self.device.split(","))

    @property
    def concurrency(self) -> int:
        """All requests in flight: devices × instances × queue depth."""
        return len(self.device_ids) * self.instances * self.queue_depth

    @property
    def identity(self) -> dict[str, Any]:
        """Every axis by its column's name."""
        return {
            "model": self.model,
            "precision": self.precision,
            "batch_size": self.batch_size,
            "runner": self.runner,
            "device": self.device,
            "devices": len(self.device_ids),
            "instances": self.instances,
            "queue_depth": self.queue_depth,
            "loop": self.loop,
            "arrival": self.arrival,
            "offered_rate": self.offered_rate,
            "scope": self.scope,
            "options": dict(self.options),
        }

    @property
    def case_id(self) -> str:
        """The same ten characters for the same axes, in every run and on every host."""
        canonical = json.dumps(self.identity, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:10]

    @property
    def open_key(self) -> tuple[Any, ...]:
        """What stays the same while a worker can be reused, where the batch is dynamic."""
        axes = (self.model, self.precision, self.runner, self.device, self.instances, self.queue_depth, self.scope)
        return (*axes, self.options)


def expand(profile: Profile, default_device: str, precision_of: Mapping[str, str]) -> list[Case]:
    """All cases of the grid in the order of the axes, those that ``where`` refuses left out.

    Raises ProfileError where the filter cannot be evaluated, or leaves nothing, or the grid is absurdly large.
    """
    option_axes = [[(key, value) for value in values] for key, values in sorted(profile.option.items())]
    axes: list[Sequence[Any]] = [
        profile.model,
        profile.precision or [None],
        list(itertools.product(*option_axes)),
        profile.device or [default_device],
        profile.instances,
        profile.queue_depth,
        profile.rate or [None],
        profile.batch,
    ]
    size = 1
    for axis in axes:
        size *= len(axis)
    if size > MOST_CASES:
        raise ProfileError([f"The grid has {size} cases, at most {MOST_CASES} are allowed; shorten an axis."])
    grid = [
        Case(
            model=model,
            precision=precision or precision_of[model],
            batch_size=batch,
            runner=profile.runner,
            device=device,
            instances=instances,
            queue_depth=depth,
            scope=profile.scope,
            options=options,
            arrival=None if rate is None else profile.arrival,
            offered_rate=rate,
        )
        for model, precision, options, device, instances, depth, rate, batch in itertools.product(*axes)
    ]
    cases = list(dict.fromkeys(case for case in grid if profile.where is None or _holds(profile.where, case)))
    if not cases:
        raise ProfileError([f"--where {profile.where}: it leaves none of the {len(grid)} cases of the grid."])
    return cases


def _holds(where: str, case: Case) -> bool:
    names = {**case.identity, "concurrency": case.concurrency, **dict(case.options)}
    names = {name: value for name, value in names.items() if name in WHERE_NAMES or name in dict(case.options)}
    try:
        return bool(SimpleEval(names=names, functions={}).eval(where))
    except (InvalidExpression, SyntaxError, TypeError, ValueError, ArithmeticError, KeyError) as error:
        reason = " ".join(str(error).split())
        raise ProfileError(
            [f"--where {where}: it cannot be evaluated ({reason}); it may use {', '.join(names)} and numbers."]
        ) from None


def groups_of(cases: Iterable[Case], dynamic_batch: bool, order: str, seed: int) -> list[list[Case]]:
    """The cases that can share workers, together; groups shuffled, then the cases inside each.

    Shuffling keeps a machine that grows slower from looking like one that scales badly; the seed is in every row.
    """
    groups: dict[tuple[Any, ...], list[Case]] = {}
    for case in cases:
        key = case.open_key if dynamic_batch else (*case.open_key, case.batch_size)
        groups.setdefault(key, []).append(case)
    ordered = list(groups.values())
    if order == "shuffled":
        generator = random.Random(seed)
        generator.shuffle(ordered)
        for group in ordered:
            generator.shuffle(group)
    return ordered
