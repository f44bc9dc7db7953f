"""One measurement told by two files: a program's summary has every single latency, its log has the batch size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from clipperf.tools.base import Report

_FEWEST = 2
"""Two figures that agree in all their digits are one measurement; one may agree by chance where few are printed."""

_IDENTITY = ("scope", "device", "model", "precision", "batch_size", "instances", "queue_depth")


@dataclass(frozen=True)
class Found:
    """A report, and the positions of the files that tell of it."""

    report: Report
    files: tuple[int, ...]


def joined(found: Sequence[Found]) -> list[Found]:
    """The reports with those put together that tell of the same measurement; what one leaves out the other fills in."""
    kept: list[Found] = []
    for one in found:
        twin = next((number for number, other in enumerate(kept) if _are_twins(other.report, one.report)), None)
        if twin is None:
            kept.append(one)
        else:
            kept[twin] = Found(_together(kept[twin].report, one.report), (*kept[twin].files, *one.files))
    return kept


def _are_twins(a: Report, b: Report) -> bool:
    """Only one of them has durations: two lists of them are two measurements, and two logs without them may be."""
    if bool(a.durations_ms) == bool(b.durations_ms):
        return False
    if any(getattr(a, name) and getattr(b, name) and getattr(a, name) != getattr(b, name) for name in _IDENTITY):
        return False
    figures_a, figures_b = _figures(a), _figures(b)
    shared = figures_a.keys() & figures_b.keys()
    return len(shared) >= _FEWEST and all(figures_a[name] == figures_b[name] for name in shared)


def _figures(report: Report) -> dict[str, float]:
    return {
        **report.vendor,
        **{f"latency {name}": value for name, value in report.latency_ms.items()},
        **{f"compute {name}": value for name, value in report.compute_ms.items()},
    }


def _together(a: Report, b: Report) -> Report:
    main, other = (a, b) if a.durations_ms else (b, a)
    filled = {
        field.name: getattr(other, field.name)
        for field in fields(Report)
        if getattr(main, field.name) in (None, "", (), {})
    }
    for name in ("latency_ms", "compute_ms", "vendor", "device_readings", "options"):
        filled[name] = {**getattr(other, name), **getattr(main, name)}
    filled["warnings"] = tuple(dict.fromkeys((*main.warnings, *other.warnings)))
    return replace(main, **filled)
