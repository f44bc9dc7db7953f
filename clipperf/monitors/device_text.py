"""What may be believed of a text that a vendor's program printed."""

from __future__ import annotations

import re
from typing import Tuple

Cells = Tuple[str, ...]

_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")


def complete_lines(text: str) -> list[str]:
    """The lines that have their end: of a text that was cut off, the last one may hold half a number."""
    return [line.rstrip("\r") for line in text.split("\n")[:-1]]


def table_of(lines: list[str]) -> list[Cells]:
    """The cells between the bars of every line, blanks around and within them made one."""
    return [tuple(" ".join(cell.split()) for cell in line.strip().strip("|").split("|")) for line in lines]


def number_in(text: str | None, low: float, high: float) -> float | None:
    """The number that ``text`` is, where it lies between the two; None for ``-``, ``NA`` and everything else."""
    if text is None or not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if low <= number <= high else None


def percent_in(text: str | None) -> float | None:
    """A share in percent, 0 to 100."""
    return number_in(text, 0, 100)


def watts_in(text: str | None) -> float | None:
    """A power in W. 0 is what a meter says that is not there: no card that answers takes none."""
    return number_in(text, 0.1, 10_000)


def celsius_in(text: str | None) -> float | None:
    """A temperature in °C, within what electronics survives."""
    return number_in(text, -60, 200)


def megabytes_in(text: str | None) -> float | None:
    """An amount of memory in the vendor's MB."""
    return number_in(text, 0, 100_000_000)
