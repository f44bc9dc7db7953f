"""What the keys of a section of ``npu-smi info -t …`` mean, over the chips 310, 310B, 310P, 910 and 910B and later.

``Rated Power Dissipation(W)``, which 310 and 310B print for a chip, is by its name a rating: it is not read, and the
power of their board is that of the controller's ``Power Dissipation(W)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Mapping

from clipperf.monitors.device_text import celsius_in, megabytes_in, percent_in, watts_in

_MEMORIES = ("hbm", "ddr", "memory")
"""Kinds of memory, that which holds the models first: a 910 has DDR beside its HBM, a 910B says that its DDR is 0."""

_UTILISATIONS = ("aicore usage rate(%)", "npu utilization(%)")
_POWERS = ("npu real-time power(w)", "power dissipation(w)")
_TEMPERATURES = ("temperature(c)", "npu temperature(c)")
_HEALTHS = ("health status", "health")


@dataclass(frozen=True)
class Capacity:
    """The memory that holds the models: its kind and its size in the vendor's MB."""

    kind: str
    total_mb: float


def capacity_in(values: Mapping[str, str]) -> Capacity | None:
    """The capacity in a section of ``usages``; None where it tells none."""
    for kind in _MEMORIES:
        total = megabytes_in(values.get(f"{kind} capacity(mb)"))
        if total:
            return Capacity(kind, total)
    return None


def memory_in(values: Mapping[str, str], capacity: Capacity | None) -> float | None:
    """Memory in use in the vendor's MB: the rate of that same kind of memory, in whole percent, of its capacity.

    A rate of another name is not taken for it: the ``Memory Usage Rate(%)`` of ``common`` is always 0 on a 910B.
    """
    rate = None if capacity is None else percent_in(values.get(f"{capacity.kind} usage rate(%)"))
    return None if capacity is None or rate is None else capacity.total_mb * rate / 100


def utilisation_in(values: Mapping[str, str]) -> float | None:
    """How busy the AI cores are in %."""
    return _first(percent_in(values.get(key)) for key in _UTILISATIONS)


def power_in(values: Mapping[str, str]) -> float | None:
    """Measured power in W."""
    return _first(watts_in(values.get(key)) for key in _POWERS)


def temperature_in(values: Mapping[str, str]) -> float | None:
    """The chip's temperature in °C."""
    return _first(celsius_in(values.get(key)) for key in _TEMPERATURES)


def health_in(values: Mapping[str, str]) -> str | None:
    """The vendor's word, ``OK`` where all is well; None where it has none, as for a virtual NPU."""
    words = [values[key] for key in _HEALTHS if values.get(key, "").isalpha()]
    return words[0] if words and words[0] != "NA" else None


def _first(numbers: Iterable[float | None]) -> float | None:
    return next((number for number in numbers if number is not None), None)
