"""All that a night found, as every way of telling it needs it: pages, files, exit code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from clipperf.analysis.night_verdict import ABSENT, NEW, REGRESSION, TOO_NOISY, Verdict

CONTROL = "control"
"""What ``side`` holds in the rows of the control."""

QUIET_NIGHT, CASE_FAILED, REGRESSED, TOO_NOISY_TO_SAY = 0, 1, 3, 4


@dataclass(frozen=True)
class NightSweep:
    """One sweep of a night: how many rows it has, how many of these failed, and why it ended early if it did."""

    name: str
    folder: Path
    rows: int
    failed: int
    error: str = ""


@dataclass(frozen=True)
class Remark:
    """What somebody wrote to a night, of one series, or of all where ``series`` is None."""

    night: date
    text: str
    author: str
    series: str | None = None


@dataclass(frozen=True)
class NightSummary:
    """A night on one host.

    ``series`` has the axes of every series by its key; ``control`` the verdicts on the control's figures, which are not
    among ``verdicts``; ``unfit`` what the doctor would mend; ``changes`` what changed in the environment since the last
    night; ``breaks`` for a series of a broken verdict what is no longer the same; ``again`` how a build before this one
    does tonight, by series, where that was asked for; ``remarks`` what people wrote to the nights.
    """

    night: date
    host: str
    threshold: float
    sweeps: tuple[NightSweep, ...]
    verdicts: tuple[Verdict, ...]
    series: Mapping[str, Mapping[str, Any]]
    control: tuple[Verdict, ...] = ()
    unfit: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    breaks: Mapping[str, str] = field(default_factory=dict)
    again: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()

    def of_kind(self, *kinds: str) -> list[Verdict]:
        """The verdicts of these kinds, the largest change first."""
        found = [verdict for verdict in self.verdicts if verdict.kind in kinds]
        return sorted(found, key=lambda each: -abs(each.change.gain.middle) if each.change else 0.0)

    @property
    def is_too_noisy(self) -> bool:
        """Whether at least half of the figures that have a history are too noisy to be judged."""
        judged = [each for each in self.verdicts if each.levels is not None and each.kind not in (NEW, ABSENT)]
        noisy = sum(each.kind == TOO_NOISY for each in judged)
        return noisy > 0 and 2 * noisy >= len(judged)


def exit_code(summary: NightSummary) -> int:
    """0 quiet, 1 a case or a sweep failed, 3 a regression, 4 too noisy to say; of several the first in 1, 3, 4."""
    if any(sweep.failed or sweep.error for sweep in summary.sweeps):
        return CASE_FAILED
    if summary.of_kind(REGRESSION):
        return REGRESSED
    return TOO_NOISY_TO_SAY if summary.is_too_noisy else QUIET_NIGHT
