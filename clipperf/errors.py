"""Typed errors; each message is a sentence that names what was found, what is allowed and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence


class ClipperfError(Exception):
    """Anything that clipperf tells its user in plain words, without a traceback."""


class UsageError(ClipperfError):
    """A flag, profile, file or environment that cannot be used; found before anything is measured."""


class ProfileError(UsageError):
    """Every problem of a profile or of a set of flags at once, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class RunnerUnavailable(ClipperfError):
    """The runner's SDK, tool or device is not here; the message says what to install or to set."""


class Unsupported(ClipperfError):
    """The runner cannot do what the case asks; becomes a row with status ``unsupported``, never another measurement."""


class WrongOutput(ClipperfError):
    """The model's answer is of the wrong shape, constant or not finite; becomes a row with status ``wrong-output``."""


class CaseFailed(ClipperfError):
    """One case could not be measured; ``kind`` goes to the column ``error_kind``."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(message)


class CaseTimedOut(CaseFailed):
    """A case did not end within ``--case-timeout``; becomes a row with status ``timed-out``."""

    def __init__(self, message: str) -> None:
        super().__init__("timed-out", message)


class HistoryError(ClipperfError):
    """The database of all runs cannot be read or written; what was measured is safe in its run folder."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while a run folder was being written; what is finished is in ``folder``, which can be gone on with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"finished rows are in {folder}")


class UnreadableImage(ClipperfError):
    """An image cannot be had from its file; it is told by name, and the others are not held up."""
