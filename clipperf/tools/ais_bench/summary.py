"""The ``*_summary.json`` that ais_bench writes beside its results: every single latency.

Up to 2023-09 and with one computing thread the list holds durations, with several threads since 2023-10 pairs of begin
and end. The name of the device stands in neither: only in the name of the file, or of the folder with the results.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from clipperf.tools.ais_bench.arguments import read_arguments
from clipperf.tools.ais_bench.times import Times, times_from

ENDING = "_summary.json"
_DEVICE = re.compile(r"device(\d+)(?:_(\d+))?(?:_summary\.json)?$")
_KINDS = ("H2D_latency", "D2H_latency")
_TOLERANCE = 1e-6
"""float32 and sums in another order move the last digits only."""


class UnreadableSummary(ValueError):
    """What a file lacks that every summary has, as the end of a sentence."""


@dataclass(frozen=True)
class Summary:
    """What one process wrote; of ``durations_ms`` and ``intervals_ms`` one is empty.

    ``compute``, ``copies`` and ``throughput`` are the program's own figures. ``device`` is empty where it
    cannot be told, ``position`` its place in the list of devices, None where there was none.
    """

    throughput: float
    compute: Times
    durations_ms: tuple[float, ...] = ()
    intervals_ms: tuple[tuple[float, float], ...] = ()
    copies: Mapping[str, Times] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    device: str = ""
    position: int | None = None
    is_median_told: bool = False

    @property
    def requests(self) -> int:
        """How many were timed."""
        return len(self.durations_ms or self.intervals_ms)

    @property
    def batch_size(self) -> int | None:
        """What the program multiplied with; None where sizes were mixed, and where nothing can be told."""
        size = self.throughput * self.compute.mean / 1e3
        whole = round(size) if math.isfinite(size) else 0
        return whole if whole >= 1 and abs(size - whole) <= _TOLERANCE * whole else None


def read_summary(name: str, text: str) -> Summary:
    """The summary in a file of that name; raises UnreadableSummary for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableSummary("is no whole JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("npu_compute_time_list"), list):
        raise UnreadableSummary("has no npu_compute_time_list")
    compute = _times(found.get("NPU_compute_time"))
    if compute is None or compute.mean <= 0:
        raise UnreadableSummary("has no NPU_compute_time with a mean")
    durations, intervals = _latencies(found["npu_compute_time_list"])
    count = found["NPU_compute_time"].get("count", len(durations or intervals))
    if count != len(durations or intervals):
        raise UnreadableSummary(f"tells of {count} requests and has the times of {len(durations or intervals)}")
    throughput: Any = found.get("throughput")
    if not _is_number(throughput):
        raise UnreadableSummary("has no throughput")
    arguments = _arguments(found.get("args"))
    device, position = _device(name, arguments, found.get("filesinfo"))
    copies = {kind[:3]: times for kind in _KINDS if (times := _times(found.get(kind))) is not None}
    return Summary(
        float(throughput),
        compute,
        durations,
        intervals,
        copies,
        arguments,
        device,
        position,
        compute.median is not None,
    )


def _latencies(entries: list[Any]) -> tuple[tuple[float, ...], tuple[tuple[float, float], ...]]:
    if not entries:
        raise UnreadableSummary("has an empty npu_compute_time_list")
    if all(_is_number(entry) for entry in entries):
        return tuple(float(entry) for entry in entries), ()
    pairs = [tuple(entry) for entry in entries if isinstance(entry, list) and len(entry) == 2]
    if len(pairs) < len(entries) or not all(_is_number(time) for pair in pairs for time in pair):
        raise UnreadableSummary("has something else than times in its npu_compute_time_list")
    return (), tuple((float(begin), float(end)) for begin, end in pairs)


def _times(found: Any) -> Times | None:
    if not isinstance(found, dict):
        return None
    return times_from({name: value for name, value in found.items() if name != "count" and _is_number(value)})


def _is_number(value: Any) -> bool:
    """A whole number of a thousand digits is one of JSON's, and no time and no rate."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _arguments(found: Any) -> dict[str, str]:
    return read_arguments([str(word) for word in found[1:]]) if isinstance(found, list) else {}


def _device(name: str, arguments: Mapping[str, str], files: Any) -> tuple[str, int | None]:
    """From the name of the file, else of the folder with its results, else from ``--device``."""
    asked = arguments.get("device", "")
    if "," not in asked and asked:
        return asked, None
    for path in (PurePosixPath(name).name.partition("__multi__")[2] or PurePosixPath(name).name, *_folders(files)):
        if found := _DEVICE.search(path):
            return found.group(1), None if found.group(2) is None else int(found.group(2))
    return ("0" if arguments and not asked else ""), None


def _folders(files: Any) -> list[str]:
    first = next(iter(files.values()), None) if isinstance(files, dict) else None
    results = first.get("outfiles") if isinstance(first, dict) else None
    return [PurePosixPath(str(path)).parent.name for path in results[:1]] if isinstance(results, list) else []
