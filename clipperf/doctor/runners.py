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

    All means all that drive a device. Nobody has the devices of every vendor: those that may be absent share a line.
    """
    working = [Finding(f"runner {answer.runner}", "ok", answer.text) for answer in answers if answer.works]
    absent = [answer for answer in answers if not answer.works]
    if are_wanted or not any(answer.works and answer.runner not in NOT_REAL for answer in answers):
        lacking = (Finding(f"runner {one.runner}", "mend", "does not work here", one.text) for one in absent)
        return [*working, *lacking]
    names = ", ".join(one.runner for one in absent)
    return [*working, Finding("other runners", "ok", f"not here: {names}; see clipperf runners")] if absent else working


def _answer(asked: Asked) -> Answer:
    facts = asked.facts
    if facts is None:
        return Answer(asked.name, False, asked.lacks)
    driver = f", driver {facts.driver_version}" if facts.driver_version else ""
    devices = f", devices {', '.join(facts.devices)}" if facts.devices else ""
    return Answer(asked.name, True, f"{facts.version or 'works'}{driver}{devices}")
