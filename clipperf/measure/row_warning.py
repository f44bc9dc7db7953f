"""What a row has to say against itself: a value, stored with the row and rendered late."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RowWarning:
    """A short ``code`` for machines, a plain sentence with the figures, and what to do about it."""

    code: str
    sentence: str
    remedy: str
