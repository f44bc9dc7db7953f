"""Every runner and every vendor's tool asked whether it works here, each by a process of its own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from clipperf.errors import RunnerUnavailable, Unsupported, UsageError
from clipperf.runners import TABLE as RUNNERS
from clipperf.sweeping.preflight import RunnerFacts, ask_runner
from clipperf.sweeping.tool_facts import ask_tool
from clipperf.tools import TABLE as TOOLS

KNOWN = (*RUNNERS, *TOOLS)


@dataclass(frozen=True)
class Asked:
    """What one of them said: ``facts`` where it works, else ``lacks``, a sentence on what to install or to set.

    ``kind`` is ``in-process`` where clipperf makes the load and holds the clock, ``tool`` where a vendor's program
    does.
    """

    name: str
    kind: str
    facts: RunnerFacts | None = None
    lacks: str = ""


def ask_all(names: Sequence[str], python: str | None) -> list[Asked]:
    """The answers of those names, or of all that there are where there is none, in their order.

    ``python`` is the interpreter that has the SDKs. Each is asked in a worker, or by a program of the vendor's, that is
    killed when it does not answer. Raises UsageError where there is no such name or interpreter.
    """
    unknown = [name for name in names if name not in KNOWN and ":" not in name]
    if unknown:
        raise UsageError(
            f"runner {', '.join(unknown)}: there is no such runner or tool; take one of {', '.join(KNOWN)}, or a class "
            "of your own as package.module:Class."
        )
    with ThreadPoolExecutor(os.cpu_count()) as together:
        return list(together.map(lambda name: _ask(name, python), names or KNOWN))


def _ask(name: str, python: str | None) -> Asked:
    kind = "tool" if name in TOOLS else "in-process"
    try:
        facts = ask_tool(name, [], [{}], python) if name in TOOLS else ask_runner(name, "", [], [], python)
    except (RunnerUnavailable, Unsupported) as error:
        text = str(error).removeprefix(f"--runner {name}: ")
        return Asked(name, kind, lacks=text[:1].upper() + text[1:])
    return Asked(name, kind, facts)
