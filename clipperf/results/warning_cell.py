"""The cell ``warnings`` of a row."""

from __future__ import annotations

import json

FIELDS = ("code", "sentence", "remedy")


def warnings_in(cell: object) -> list[dict[str, str]]:
    """The warnings of a cell, each with code, sentence and remedy; a missing or empty cell has none.

    What is no JSON list of such objects is kept whole as the sentence of one warning, so that nothing is lost.
    """
    if not isinstance(cell, str) or not cell.strip():
        return []
    try:
        warnings = json.loads(cell)
    except ValueError:
        warnings = None
    if not isinstance(warnings, list) or not all(isinstance(warning, dict) for warning in warnings):
        return [{"code": "unreadable", "sentence": cell, "remedy": ""}]
    return [{field: str(warning.get(field) or "") for field in FIELDS} for warning in warnings]


def codes_in(cell: object) -> set[str]:
    """The codes of the warnings of a cell."""
    return {warning["code"] for warning in warnings_in(cell)}
