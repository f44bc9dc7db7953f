"""What VastStreamX's numbers of a die mean.

Facts (VastStreamX-Samples, ``card_info``): temperature is in hundredths of a degree, the fourth power in microwatts,
memory in bytes with its rate in percent. Utilisation is printed there as it is, as percent, with no other value than 0
in sight: a number beyond 100 says that its unit is another one, and then none is read any more.
"""

from __future__ import annotations

import json
import math
from typing import Any, Mapping

from clipperf.monitors.device import DeviceReading

_MB = 2**20
_MOST_BYTES = 2**50
_RATE_SLACK = 1.0


def answer_in(line: str) -> Mapping[str, Any]:
    """One answer of the reader; empty where the line is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def processor_s_in(answer: Mapping[str, Any]) -> float:
    """The processor time of the reader since it began."""
    return _number(answer.get("processor_s"), 0, 1e9) or 0.0


def reading_in(die: object, at_ns: int) -> DeviceReading:
    """One die; None for every value that is not what it should be."""
    told = die if isinstance(die, dict) else {}
    temperature, power = _number(told.get("temperature"), -6000, 20_000), _number(told.get("power"), 1e5, 1e10)
    return DeviceReading(
        at_ns=at_ns,
        util_pct=_number(told.get("ai"), 0, 100),
        memory_mb=_memory_mb(told.get("memory")),
        power_w=None if power is None else power / 1e6,
        temperature_c=None if temperature is None else temperature / 100,
    )


def is_other_unit(die: object) -> bool:
    """Whether the utilisation is a number that no percentage is."""
    return isinstance(die, dict) and _number(die.get("ai"), 100.001, 1e9) is not None


def _memory_mb(memory: object) -> float | None:
    """Memory in use in 2²⁰ bytes, where total, free, used and rate agree."""
    told = memory if isinstance(memory, dict) else {}
    total, free, used = (_number(told.get(key), 0, _MOST_BYTES) for key in ("total", "free", "used"))
    rate = _number(told.get("usage_rate"), 0, 100)
    if total is None or free is None or used is None or rate is None or total <= 0:
        return None
    agree = abs(total - free - used) <= _RATE_SLACK / 100 * total and abs(100 * used / total - rate) <= _RATE_SLACK
    return used / _MB if agree and used <= total else None


def _number(value: object, low: float, high: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        return None
    return float(value) if math.isfinite(value) else None
