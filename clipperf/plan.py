"""From a profile to the ordered cases of a sweep."""

from __future__ import annotations

import ast
import hashlib
import itertools
import json
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
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
    """One point of the grid, every axis fixed.

    ``device`` is the whole set, comma separated. ``int8`` is how an int8 model is made, "" for the usual way.
    """

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
    vendor_multi_device: bool = False
    int8: str = ""

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
            "options": {
                **dict(self.options),
                **({"vendor_multi_device": True} if self.vendor_multi_device else {}),
                **({"int8": self.int8} if self.int8 else {}),
            },
        }

    @property
    def case_id(self) -> str:
        """The same ten characters for the same axes, in every run and on every host."""
        canonical = json.dumps(self.identity, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:10]

    @property
    def open_key(self) -> tuple[Any, ...]:
        """What stays the same while a worker can be reused, where the batch is dynamic."""
        model, load = (self.model, self.precision, self.int8), (self.instances, self.queue_depth, self.scope)
        # As text, since in Python 1, 1.0 and True are equal.
        return (*model, self.runner, self.device, *load, json.dumps(self.options))


def option_sets(profile: Profile) -> list[tuple[tuple[str, Scalar], ...]]:
    """Every combination of the runner options' values; raises ProfileError where the grid is absurdly large."""
    axes: list[Sequence[Any]] = [profile.model, profile.precision, profile.device, profile.instances]
    axes += [profile.queue_depth, profile.rate, profile.batch, *profile.option.values()]
    size = math.prod(len(axis) or 1 for axis in axes)
    if size > MOST_CASES:
        raise ProfileError([f"The grid has {size} cases, at most {MOST_CASES} are allowed; shorten an axis."])
    values_of = [[(key, value) for value in values] for key, values in sorted(profile.option.items())]
    return list(itertools.product(*values_of))


def expand(
    profile: Profile, default_devices: Sequence[str], precision_of: Mapping[str, str], default_scope: str = "host"
) -> list[Case]:
    """All cases of the grid in the order of the axes, each once, those that ``where`` refuses left out.

    ``default_devices`` are the devices to take where the profile names none, one for each of ``option_sets``. Raises
    ProfileError where the filter cannot be evaluated, or leaves nothing, or the grid is absurdly large.
    """
    axes: list[Sequence[Any]] = [
        profile.model,
        profile.precision or [None],
        list(zip(option_sets(profile), default_devices, strict=True)),
        profile.device or [None],
        profile.instances,
        profile.queue_depth,
        profile.rate or [None],
        profile.batch,
    ]
    grid = [
        Case(
            model=model,
            precision=precision or precision_of[model],
            batch_size=batch,
            runner=profile.runner,
            device=device or default_device,
            instances=instances,
            queue_depth=depth,
            scope=profile.scope or default_scope,
            options=options,
            arrival=None if rate is None else profile.arrival,
            offered_rate=rate,
            vendor_multi_device=profile.vendor_multi_device,
            int8=profile.int8 if precision == "int8" and profile.int8 != Profile.model_fields["int8"].default else "",
        )
        for model, precision, (options, default_device), device, instances, depth, rate, batch in itertools.product(
            *axes
        )
    ]
    holds = _always if profile.where is None else condition(profile.where)
    cases = list({case.case_id: case for case in grid if holds(case)}.values())
    if not cases:
        raise ProfileError([f"--where {profile.where}: it leaves none of the {len(grid)} cases of the grid."])
    return cases


def condition(where: str) -> Callable[[Case], bool]:
    """Whether a case has what ``where`` asks: names, numbers, texts, lists, arithmetic and comparisons, nothing else.

    Raises ProfileError, at once or for a case, where it cannot be evaluated.
    """
    evaluator = SimpleEval(functions={})
    for kind in (ast.Tuple, ast.List):
        evaluator.nodes[kind] = lambda node: [evaluator._eval(entry) for entry in node.elts]
    try:
        # Not a statement: "batch_size = 4" would be true for every case.
        ast.parse(where.strip(), mode="eval")
        parsed = evaluator.parse(where)
    except (SyntaxError, ValueError, MemoryError, RecursionError, InvalidExpression) as error:
        raise _refusal(where, error, WHERE_NAMES) from None

    def holds(case: Case) -> bool:
        known = {**case.identity, "concurrency": case.concurrency}
        evaluator.names = {**{name: known[name] for name in WHERE_NAMES}, **dict(case.options)}
        try:
            return bool(evaluator.eval(where, previously_parsed=parsed))
        except (InvalidExpression, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
            raise _refusal(where, error, evaluator.names) from None

    return holds


def _always(case: Case) -> bool:
    return True


def _refusal(where: str, error: BaseException, names: Iterable[str]) -> ProfileError:
    reason = error.msg if isinstance(error, SyntaxError) else str(error)
    return ProfileError(
        [
            f"--where {where}: it cannot be evaluated ({' '.join(reason.split()) or type(error).__name__}); compare "
            f"{', '.join(names)} with numbers and texts by <, <=, ==, !=, >=, > and in."
        ]
    )


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
