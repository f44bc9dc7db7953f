"""What a sweep tells of itself while it runs; the command line draws it, a notebook leaves it out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from clipperf.plan import Case
from clipperf.worker.conduct import Progress


class Display(Protocol):
    """Called between the steps of a sweep, never from within a measurement's hot loop."""

    def note(self, text: str) -> None:
        """Something the user should know, once."""

    def begin(self, cases: int, longest_s: float) -> None:
        """So many cases are to come, none of which should take longer than ``longest_s``."""

    def case(self, case: Case, repeat: int | str) -> None:
        """The next case begins."""

    def progress(self, progress: Progress) -> None:
        """The running case's phase and samples so far."""

    def row(self, row: Mapping[str, Any]) -> None:
        """The case ended in this row."""


class Silent:
    """Shows nothing."""

    def note(self, text: str) -> None:
        """Nothing."""

    def begin(self, cases: int, longest_s: float) -> None:
        """Nothing."""

    def case(self, case: Case, repeat: int | str) -> None:
        """Nothing."""

    def progress(self, progress: Progress) -> None:
        """Nothing."""

    def row(self, row: Mapping[str, Any]) -> None:
        """Nothing."""
