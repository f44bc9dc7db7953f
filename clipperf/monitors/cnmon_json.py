"""``cnmon_info.json``, which ``cnmon info -j`` writes into its folder.

Its layout is known from programs that read it, not from the vendor, and its key for power is not known. So a value
counts only where it stands in its place with the type and range that it should have; any other is not read.
"""

from __future__ import annotations

import json
from typing import Any, Mapping

from clipperf.monitors.cnmon_table import CardRow
from clipperf.monitors.device_text import celsius_in, megabytes_in, percent_in

FILE = "cnmon_info.json"


def cards_in(text: str) -> dict[str, CardRow]:
    """The cards by number; empty where the text is not of that layout, without a card that stands there twice."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    entries = document.get("CnmonInfo") if isinstance(document, dict) else None
    found: dict[str, list[CardRow]] = {}
    for entry in entries if isinstance(entries, list) else []:
        number = _at(entry, "CardNum")
        if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 10_000:
            found.setdefault(str(number), []).append(_card(entry))
    return {card: rows[0] for card, rows in found.items() if len(rows) == 1}


def _card(entry: Mapping[str, Any]) -> CardRow:
    used, total = (megabytes_in(_number_text(_at(entry, "PhysicalMemUsage", end))) for end in ("Used", "Total"))
    return CardRow(
        util_pct=percent_in(_number_text(_at(entry, "Utilization", "MLUAverage"))),
        memory_mb=used if used is not None and total is not None and used <= total else None,
        power_w=None,
        temperature_c=celsius_in(_number_text(_at(entry, "Temperature", "Chip"))),
    )


def _at(entry: object, *keys: str) -> Any:
    for key in keys:
        entry = entry.get(key) if isinstance(entry, dict) else None
    return entry


def _number_text(value: object) -> str | None:
    """A JSON number as text, in which infinities and the like are no numbers any more; None for any other type."""
    return repr(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
