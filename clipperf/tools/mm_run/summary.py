"""The blocks that mm_run prints for each device: its utilisation and its performance summary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clipperf.tools.mm_run.printed import NUMBER, number_in, statistics_in

THROUGHPUT = re.compile(
    rf"^\s*Throughput \(qps\):\s+(?P<qps>{NUMBER})"
    rf"(?: with total batch sizes: (?P<samples>{NUMBER}) and (?P<rate>{NUMBER}) iterations/second)?\s*$"
)
"""Older releases end after the first number; newer ones say what they multiplied."""

_READINGS = {
    "chip_util(%)": ("device_util_pct", "mean"),
    "mem_util(MB)": ("device_memory_mb", "max"),
    "power_util(W)": ("power_w", "mean"),
    "temp_util(C)": ("temperature_c", "max"),
}
"""Our column, and which of the statistics it holds."""

_TOTALS = {
    "Total iterations": "iterations",
    "Host wall time(s)": "wall_s",
    "Total MLU compute time(host clock, s)": "compute_host_s",
    "Total MLU compute time(dev clock, s)": "compute_dev_s",
}
_STAGES = {
    "H2D Summary": "h2d",
    "MLU Compute (Launch jobs) Summary": "compute",
    "D2H Summary": "d2h",
    "Total Latency Summary(H2D + Compute + D2H)": "total",
}
_CLOCKS = {"Latency(host clock, ms)": "host", "Latency(dev clock, ms)": "dev", "Interface Duration(ms)": "interface"}
_GROUP = re.compile(r"^\s*Input shape group\s+\d+\s*:\s*(?P<shapes>\[.*\])\s*$")
_SHAPE = re.compile(r"\[([^\[\]]*)\]")
_DIMS = re.compile(r"(\d{1,9}(, ?\d{1,9})*)?")


@dataclass(frozen=True)
class ShapeGroup:
    """The shape of every input in the model's order, and statistics in ms of each stage by each clock.

    No shapes where they cannot be read. Stages are h2d, compute, d2h and total; clocks are host, dev and interface.
    """

    shapes: tuple[tuple[int, ...], ...]
    stages: Mapping[tuple[str, str], Mapping[str, float]]

    @property
    def batches(self) -> tuple[int, ...]:
        """The top dimension of every input that has one."""
        return tuple(shape[0] for shape in self.shapes if shape)


@dataclass(frozen=True)
class Summary:
    """What one device did: totals by name, throughput as printed, and one group for each set of input shapes."""

    device: str = ""
    readings: Mapping[str, float] = field(default_factory=dict)
    totals: Mapping[str, float] = field(default_factory=dict)
    printed_qps: float | None = None
    iterations_per_s: float | None = None
    groups: tuple[ShapeGroup, ...] = ()

    @property
    def has_rate(self) -> bool:
        """Whether there is a throughput, or what it can be counted from."""
        return self.printed_qps is not None or {"iterations", "wall_s"} <= set(self.totals)


def read_readings(lines: Sequence[str]) -> Mapping[str, float]:
    """The lines under ``Device N Utilization Summary``, sampled by mm_run every 100 ms, by our columns."""
    found = {}
    for line in lines:
        label, _, rest = line.strip().partition(":")
        column, which = _READINGS.get(label, ("", ""))
        if which and which in (statistics := statistics_in(rest)):
            found[column] = statistics[which]
    return found


def read_summary(device: str, readings: Mapping[str, float], lines: Sequence[str]) -> Summary:
    """The lines under ``Performance Summary``."""
    totals: dict[str, float] = {}
    printed_qps = iterations_per_s = None
    groups: list[tuple[tuple[tuple[int, ...], ...], dict[tuple[str, str], Mapping[str, float]]]] = []
    stage = ""
    for line in lines:
        label, colon, rest = line.strip().partition(":")
        if found := THROUGHPUT.match(line):
            printed_qps = number_in(found["qps"])
            iterations_per_s = number_in(found["rate"] or "")
        elif label in _TOTALS and (total := number_in(rest)) is not None:
            totals[_TOTALS[label]] = total
        elif found := _GROUP.match(line):
            groups.append((_shapes(found["shapes"]), {}))
            stage = ""
        elif colon and not rest:
            # Any other title, such as that of the moving averages at the end, leads out of the stage.
            stage = _STAGES.get(label, "")
        elif groups and stage and label in _CLOCKS and (statistics := statistics_in(rest)):
            groups[-1][1].setdefault((stage, _CLOCKS[label]), statistics)
    done = tuple(ShapeGroup(shapes, stages) for shapes, stages in groups)
    return Summary(device, readings, totals, printed_qps, iterations_per_s, done)


def _shapes(text: str) -> tuple[tuple[int, ...], ...]:
    """``[[32, 3, 224, 224], [100, 77]]``, or with names, ``[image: [32, 3, 224, 224]]``; ``[]`` is a scalar.

    None of them where one cannot be read: the others would pass for another input's.
    """
    each = _SHAPE.findall(text[1:-1])
    if not all(_DIMS.fullmatch(dims) for dims in each):
        return ()
    return tuple(tuple(int(dim) for dim in dims.replace(",", " ").split()) for dims in each)
