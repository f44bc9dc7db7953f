"""Findings on the runners: each is asked, in a worker of its own, whether it works here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from clipperf.doctor.finding import Finding
from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.runners import TABLE
from clipperf.sweeping.preflight import ask_runner

NOT_REAL = ("simulated", "null")
"""Work everywhere, and tell nothing of a device."""


@dataclass(frozen=True)
class Answer:
    """What a runner said: that it works, and with what, or what it lacks."""

    runner: str
    works: bool
    text: str


def runner_findings(asked_for: Sequence[str], python: str | None) -> list[Finding]:
    """A finding on each runner of the table, or on those asked for by name, under that interpreter.

    Raises UsageError where there is no such runner or interpreter.
    """
    with ThreadPoolExecutor(os.cpu_count()) as together:
        answers = list(together.map(lambda name: _ask(name, python), asked_for or TABLE))
    return judge_runners(answers, bool(asked_for))


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


def _ask(name: str, python: str | None) -> Answer:
    try:
        facts = ask_runner(name, "", [], [], python)
    except (RunnerUnavailable, Unsupported) as error:
        text = str(error).removeprefix(f"--runner {name}: ")
        return Answer(name, False, text[0].upper() + text[1:])
    driver = f", driver {facts.driver_version}" if facts.driver_version else ""
    devices = f", devices {', '.join(facts.devices)}" if facts.devices else ""
    return Answer(name, True, f"{facts.version or 'works'}{driver}{devices}")
