"""``vasmi show --display-format=json``, for hosts that have Vastai's driver without VastStreamX.

Its layout is known from others' readers and not from the vendor, and which of its elements is which device of
VastStreamX is not known at all. So a value counts only where it stands under its name with its unit, in a document of
one element, for device 0.
"""

from __future__ import annotations

import json
import re
from typing import Any, Mapping

from clipperf.monitors.device import DeviceReading
from clipperf.monitors.device_text import celsius_in, percent_in, watts_in

COMMAND = ("vasmi", "show", "--display-format=json")
DEVICE = "0"
_VALUE = re.compile(r"(-?[0-9]{1,6}(?:\.[0-9]{1,6})?) ?(W|C|%)")
_POWERS = ("Power Draw", "P_Cur")


def readings_in(text: str, at_ns: int) -> dict[str, DeviceReading]:
    """The one device; empty where the text is not of that layout."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    elements = document.get("elem") if isinstance(document, dict) else None
    if not isinstance(elements, list) or len(elements) != 1:
        return {}
    values = elements[0].get("vals") if isinstance(elements[0], dict) else None
    if not isinstance(values, dict):
        return {}
    reading = DeviceReading(
        at_ns=at_ns,
        util_pct=percent_in(_text(values, "Utilization", "%")),
        power_w=next(filter(None, (watts_in(_text(values, key, "W")) for key in _POWERS)), None),
        temperature_c=celsius_in(_text(values, "Temperature", "C")),
    )
    told = (reading.util_pct, reading.power_w, reading.temperature_c)
    return {DEVICE: reading} if any(value is not None for value in told) else {}


def _text(values: Mapping[str, Any], key: str, unit: str) -> str | None:
    entry = values.get(key)
    value = entry.get("value") if isinstance(entry, dict) else None
    found = _VALUE.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found is not None and found[2] == unit else None
