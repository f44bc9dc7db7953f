"""What a case asks of a runner, held against what the runner can do and against what ran."""

from __future__ import annotations

from typing import Iterable

from clipperf.errors import Unsupported
from clipperf.runners.base import Abilities, OpenSpec, Ran


def check_ran(ran: Ran, runner: str, asked: str) -> None:
    """Raises Unsupported where what runs is not the precision that was asked for."""
    if asked and ran.precision and ran.precision != asked:
        raise Unsupported(f"--precision {asked}: the {runner} runner ran {ran.precision} instead.")


def check_abilities(runner: str, spec: OpenSpec, abilities: Abilities) -> None:
    """Raises Unsupported where the runner has not the scope, precision or slots that a case asks for."""
    if spec.scope not in abilities.scopes:
        raise Unsupported(f"--scope {spec.scope}: the {runner} runner has {_words(abilities.scopes)} for this model.")
    if spec.precision not in abilities.precisions:
        able = _words(abilities.precisions)
        if able:
            raise Unsupported(f"--precision {spec.precision}: the {runner} runner has {able} for this model.")
        raise Unsupported(
            f"--precision {spec.precision}: the {runner} runner takes a model as it was compiled, "
            "in a precision that the SDK does not tell; leave --precision out."
        )
    if spec.slots > 1 and not abilities.concurrent_slots:
        raise Unsupported(
            f"--queue-depth {spec.slots}: the {runner} runner takes one request at a time; give --queue-depth 1, or "
            "more --instances."
        )


def _words(able: Iterable[str]) -> str:
    return ", ".join(sorted(filter(None, able)))
