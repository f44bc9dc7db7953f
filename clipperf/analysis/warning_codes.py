"""The codes of a row's warnings."""

from __future__ import annotations

import json

from clipperf.results.axes import Row


def codes_of(row: Row) -> set[str]:
    """Those in the cell ``warnings``; none where it is empty or no JSON list of objects."""
    try:
        warnings = json.loads(row.get("warnings") or "[]")
    except (TypeError, ValueError):
        return set()
    if not isinstance(warnings, list):
        return set()
    return {str(warning.get("code")) for warning in warnings if isinstance(warning, dict)}
