"""What the doctor found of one subject, and the verdict over all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "note", "mend"]
"""``note`` costs certainty and can be lived with; ``mend`` would make the figures wrong, or there would be none."""


@dataclass(frozen=True)
class Finding:
    """How a ``subject`` stands, what was found, and what to do where something can be done."""

    subject: str
    level: Level
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether to measure now, and a sentence that says why not."""

    is_fit: bool
    sentence: str


def verdict_of(findings: Sequence[Finding]) -> Verdict:
    """Fit where nothing is to be mended; the sentence names what is, or what was noted."""
    mend, note = ([each.subject for each in findings if each.level == level] for level in ("mend", "note"))
    if mend:
        return Verdict(False, f"This machine is not fit now: mend {', '.join(mend)}.")
    if note:
        return Verdict(True, f"This machine is fit, with notes: {', '.join(note)}.")
    return Verdict(True, "This machine is fit to measure.")
