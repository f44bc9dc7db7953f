"""What the script of a page reads: charts and trends as plain values."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from clipperf.report.page.content import Page
from clipperf.report.safe_text import safe_text


def payload_of(page: Page) -> dict[str, Any]:
    """Lists, texts and numbers that JSON can hold; control characters of names are spelt out."""
    found = {
        "charts": [_without_empty(asdict(chart)) for chart in (*page.curves, *page.energy)],
        "nights": list(page.nights),
        "trends": [_without_empty(asdict(trend)) for trend in page.trends],
    }
    plain: dict[str, Any] = _plain(found)
    return plain


def _without_empty(record: dict[str, Any]) -> dict[str, Any]:
    """Of hundreds of trends most have no breaks and no notes."""
    return {key: value for key, value in record.items() if value is not False and value not in (None, "", (), [])}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
