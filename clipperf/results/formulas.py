"""Texts that a spreadsheet would run as a formula, and how they are written so that it does not.

A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return is a formula to spreadsheets, also inside
quotes (OWASP, "CSV Injection"). Such a text gets an apostrophe in front, which they show as text. So does one that
begins with apostrophes before such a character, so that what is read back is what was written.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_DEFUSED = re.compile(r"'+[=+\-@\t\r]")


def defused(text: str) -> str:
    """The text as it is written to a CSV file."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text: str) -> str:
    """The text as it was before it was written."""
    return text[1:] if _DEFUSED.match(text) else text
