"""Findings on the runners: each is asked, in a worker of its own, whether it works here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clipperf.doctor.finding import Finding
from clipperf.sweeping.survey import Asked, ask_all

NOT_REAL = ("simulated", "null")
"""Work everywhere, and tell nothing of a device."""


@dataclass(frozen=True)
class Answer:
    """What a runner said: that it works, and with what, or what it lacks."""

    runner: str
    works: bool
    text: str


def runner_findings(asked_for: Sequence[str], python: str | None) -> list[Finding]:
    """A finding on each runner and tool, or on those asked for by name, under that interpreter.

    Raises UsageError where there is no such runner or interpreter.
    """
    return judge_runners([_answer(asked) for asked in ask_all(asked_for, python)], bool(asked_for))


def judge_runners(answers: Sequence[Answer], are_wanted: bool) -> list[Finding]:
    """Findings from the answers: those asked for by name have to work; of the others any may be absent, but not all.

    All means all that drive a device.
    """
    must_work = are_wanted or not any(answer.works and answer.runner not in NOT_REAL for answer in answers)
    return [
        Finding(f"runner {answer.runner}", "ok", answer.text)
        if answer.works
        else Finding(f"runner {answer.runner}", "mend" if must_work else "ok", "does not work here", answer.text)
        for answer in answers
    ]


def _answer(asked: Asked) -> Answer:
    facts = asked.facts
    if facts is None:
        return Answer(asked.name, False, asked.lacks)
    driver = f", driver {facts.driver_version}" if facts.driver_version else ""
    devices = f", devices {', '.join(facts.devices)}" if facts.devices else ""
    return Answer(asked.name, True, f"{facts.version or 'works'}{driver}{devices}")
