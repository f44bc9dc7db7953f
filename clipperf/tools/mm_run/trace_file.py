"""The JSON of a device that mm_run writes with ``--trace_path``.

It holds neither throughput nor wall time, and of its statistics no public text shows the keys: of those nothing is
read. ``mluComputTime(s)`` is in ms all the same: ``trace.cc`` divides by 1000 only for printing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clipperf.measure.row_warning import RowWarning
from clipperf.tools.mm_run.printed import BEYOND
from clipperf.tools.mm_run.row_warnings import check_trace
from clipperf.tools.mm_run.summary import Summary

_NAME = re.compile(r"(?:^|/)dev(?P<device>\d+?)\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\.json$")


@dataclass(frozen=True)
class Trace:
    """What can be relied on in it; ``shapes`` are those of each group, times are in seconds."""

    device: str
    iterations: int
    compute_host_s: float | None
    compute_dev_s: float | None
    shapes: tuple[tuple[tuple[int, ...], ...], ...]


def is_trace_name(name: str) -> bool:
    """Whether a file is called as mm_run calls its traces, such as ``dev02023-07-21 09:47:28.json``."""
    return _NAME.search(name) is not None


def read_trace(name: str, text: str) -> Trace | None:
    """The trace in a file; None where it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or "mluComputTime(s)" not in found or not isinstance(found.get("trace"), list):
        return None
    iterations = _figure(found, "iterations")
    if iterations is None:
        return None
    device = _NAME.search(name)
    host_ms, dev_ms = _figure(found, "mluComputTime(s)"), _figure(found, "mluComputTime(dev|s)")
    return Trace(
        device=device["device"] if device else "",
        iterations=round(iterations),
        compute_host_s=host_ms / 1000 if host_ms else None,
        compute_dev_s=dev_ms / 1000 if dev_ms else None,
        shapes=tuple(_shapes(group) for group in found["trace"]),
    )


def check_against(trace: Trace, summary: Summary) -> Iterator[RowWarning]:
    """Warnings where a device's trace and its printed summary are not of one run."""
    pairs = (
        ("iterations", trace.iterations, summary.totals.get("iterations")),
        ("computing time (s) by the host's clock", trace.compute_host_s, summary.totals.get("compute_host_s")),
        ("computing time (s) by the device's clock", trace.compute_dev_s, summary.totals.get("compute_dev_s")),
    )
    for what, in_trace, in_log in pairs:
        if in_trace is not None and in_log and (warning := check_trace(what, in_trace, in_log)) is not None:
            yield warning


def _figure(found: Mapping[str, Any], key: str) -> float | None:
    value = found.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < BEYOND else None


def _shapes(group: Any) -> tuple[tuple[int, ...], ...]:
    """In the model's order, or by name, then sorted by it; empty where they cannot be read."""
    shapes = group.get("inputDims") if isinstance(group, dict) else None
    each = list(shapes.values()) if isinstance(shapes, dict) else shapes
    if not isinstance(each, list) or not all(isinstance(shape, list) and all(map(_is_dim, shape)) for shape in each):
        return ()
    return tuple(tuple(shape) for shape in each)


def _is_dim(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < BEYOND
