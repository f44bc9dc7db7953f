"""What vendors' programs are known to die of: words of theirs, a short name for it, and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MOST_CHARACTERS = 300


@dataclass(frozen=True)
class KnownFailure:
    """``kind`` goes to error_kind where ``pattern`` is found in what a program said; ``remedy`` says what to do."""

    kind: str
    pattern: re.Pattern[str]
    remedy: str


def known_failures(*rows: tuple[str, str, str]) -> tuple[KnownFailure, ...]:
    """The table of kinds, patterns and remedies; of several that are found the first holds."""
    return tuple(KnownFailure(kind, re.compile(pattern), remedy) for kind, pattern, remedy in rows)


def shortened(texts: Sequence[str]) -> str:
    """Lines in one, as long as a reader bears; empty ones left out."""
    words = " | ".join(text for text in texts if text)
    return words if len(words) <= _MOST_CHARACTERS else f"{words[:_MOST_CHARACTERS]} …"
