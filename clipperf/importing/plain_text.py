"""A log as the program printed it, without what terminals and collectors of logs put between."""

from __future__ import annotations

import re

_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\r\n]*(?:\x07|\x1b\\))")
"""Colours, moves of the cursor and titles of windows (ECMA-48), which ``script`` and ``tee`` keep."""

_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)[ \t]?"
_COLLECTOR = re.compile(rf"[\w./-]+ *\| ?(?:{_INSTANT})?|{_INSTANT}")
"""``name  | `` of docker compose, and the RFC 3339 instants of ``docker logs -t`` and ``kubectl logs --timestamps``."""


def without_terminal_and_collector(text: str) -> str:
    """The text without a terminal's sequences, and without what a collector put before each of its lines.

    Only what stands before every line that is not empty is a collector's: a table in a README has bars too.
    """
    plain = _TERMINAL.sub("", text)
    lines = plain.split("\n")
    found = [_COLLECTOR.match(line) for line in lines]
    if not any(found) or not all(match or not line.strip() for match, line in zip(found, lines, strict=True)):
        return plain
    return "\n".join(line[match.end() :] if match else line for match, line in zip(found, lines, strict=True))
