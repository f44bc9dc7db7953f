"""The forms in which mm_run prints: its log lines, its headings, its numbers and its lines of statistics.

From Cambricon's sample of mm_run (``trace.cc``, ``param.h``). Everything is found by its label: the widths of the
columns differ between versions. What does not read as it should is missing, never half read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NUMBER = r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
"""Five significant digits, so that 123456 comes as 1.2346e+05."""

BEYOND = 1e9
"""No figure and no dimension is as large; a column of whole numbers holds the product of two that are smaller."""

_STAMP = re.compile(r"^\s*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?: (?P<level>[A-Z]+): (?:[^\]\s]+:\d+\] ?)?")
_HEADING = re.compile(r"={5,} (?P<title>[A-Z][\w ]*)")
_PART = re.compile(rf"(?:\b(?P<name>min|max|mean|median):|\((?P<percent>90|95|99)%\))\s+(?P<value>{NUMBER})(?=\s|$)")
_OURS = {"median": "p50", "90": "p90", "95": "p95", "99": "p99"}
_RISING = ("min", "p50", "p90", "p95", "p99", "max")


def without_stamp(text: str) -> tuple[str, str]:
    """The level of a log line, empty where it has no stamp, and the text after the stamp."""
    found = _STAMP.match(text)
    return (found["level"], text[found.end() :]) if found else ("", text)


def heading_in(text: str) -> str | None:
    """The title where the line is a heading such as ``=================== Performance Summary``."""
    found = _HEADING.fullmatch(text.strip())
    return None if found is None else found["title"]


def number_in(text: str) -> float | None:
    """The text as one number that is not negative, as all figures of mm_run are; else None."""
    if re.fullmatch(NUMBER, text.strip()) is None:
        return None
    value = float(text)
    return value if 0 <= value < BEYOND else None


def statistics_in(text: str) -> Mapping[str, float]:
    """``mean``, ``min``, ``max``, ``p50``, ``p90``, ``p95`` and ``p99`` as far as the line has them.

    Empty where they contradict each other: then two lines ran into one.
    """
    found: dict[str, float] = {}
    for part in _PART.finditer(text):
        name, value = part["name"] or part["percent"], number_in(part["value"])
        if value is None or _OURS.get(name, name) in found:
            return {}
        found[_OURS.get(name, name)] = value
    rising = [found[name] for name in _RISING if name in found]
    is_inside = "mean" not in found or not rising or _between(rising[0], found["mean"], rising[-1], found)
    return found if rising == sorted(rising) and is_inside else {}


def _between(low: float, mean: float, high: float, found: Mapping[str, float]) -> bool:
    """A mean may be rounded past its bounds by half a unit in the fifth digit."""
    slack = 1e-4 * mean
    return ("min" not in found or low <= mean + slack) and ("max" not in found or mean <= high + slack)
