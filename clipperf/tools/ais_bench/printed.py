"""What ais_bench printed, read into runs.

A log may hold several runs, and a run several processes, whose lines come in any order. Up to 2023-06 what C++ printed
may stand after what Python printed later, since it is flushed at the end. So figures are joined by their values: the
line of the throughput repeats the mean that it is computed from, and the last lines of a run with a list of devices
repeat the throughput of each.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from clipperf.tools.ais_bench.failures import has_error_lines
from clipperf.tools.ais_bench.times import Times, times_from

_NUMBER = r"(?:np\.float\d+\()?([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\)?"
_FIGURE = re.compile(rf"(min|max|mean|median|percentile\(99%\)) = {_NUMBER}")
_TIMES = re.compile(r"(H2D_latency|NPU_compute_time|D2H_latency) \(ms\): ")
_THROUGHPUT = re.compile(
    rf"throughput 1000\*batchsize\.mean\({_NUMBER}\)/NPU_compute_time\.mean\({_NUMBER}\): {_NUMBER}"
)
_DEVICE = re.compile(rf"i:(\d+) device_(\d+) throughput:{_NUMBER}(?:\s+start_time:{_NUMBER}\s+end_time:{_NUMBER})?")
COUNTER = re.compile(r"loop inference exec: \((\d{1,9})/(\d{1,9})\)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Block:
    """One Performance Summary; ``batch_size`` is what the throughput was computed with.

    ``is_mean_alone`` tells that the line of the times has nothing but a mean, as that of several threads has.
    """

    compute: Times
    batch_size: float
    throughput: float
    copies: Mapping[str, Times] = field(default_factory=dict)
    is_mean_alone: bool = False


@dataclass(frozen=True)
class DeviceLine:
    """What the end of a run says of one of a list of devices; the seconds are those of the wall clock."""

    position: int
    device: str
    throughput: float
    begin_s: float | None = None
    end_s: float | None = None


@dataclass
class PrintedRun:
    """One run. The sets hold what its processes said, which is one thing unless they differ.

    ``loops`` and ``input_sets`` are counted by the progress bars; ``devices`` were asked for as a list. The first
    builds with threads say them in other words (``is_first_threads``).
    """

    blocks: list[Block] = field(default_factory=list)
    device_lines: list[DeviceLine] = field(default_factory=list)
    devices: tuple[str, ...] = ()
    models: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    loops: set[int] = field(default_factory=set)
    input_sets: set[int] = field(default_factory=set)
    warmups: set[int] = field(default_factory=set)
    exec_times: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    threads: int = 1
    end_to_end_s: float | None = None
    is_mode_forced: bool = False
    is_thread_alone: bool = False
    is_first_threads: bool = False
    has_timeline: bool = False

    @property
    def requests(self) -> int | None:
        """Timed requests of each process, None where the progress bars do not tell."""
        if len(self.input_sets) != 1 or len(self.loops) > 1:
            return None
        return next(iter(self.input_sets)) * next(iter(self.loops), 1)


_SET_LINES = (
    ("models", re.compile(r"load model (\S+) success"), str),
    ("opened", re.compile(r"open device (\d+) success"), str),
    ("input_sets", re.compile(r"Inference (?:\w+ )?Processing(?: full)?.*?\| *\d+/(\d{1,9}) \["), int),
    ("warmups", re.compile(r"warm up (\d{1,9}) done"), int),
)
_DEVICES = re.compile(r"multidevice:\[([\d, ]*)\] run begin")
_THREADS = re.compile(r"run in pipeline mode with computing threadsnumber:(\d{1,3})")
_FIRST_THREADS = re.compile(r"run in pipeline mode with (\d{1,3}) computing threads")
_END_TO_END = re.compile(rf"end_to_end_time \(s\): *{_NUMBER}")
_MODE_FORCED = re.compile(r"can't find aclruntime|aclruntime.{0,40} version is lower|aclruntime version:\S+ is lower")
_THREAD_ALONE = re.compile(r"need to set --pipeline when setting threads? number")
_EXEC_TIMES = re.compile(r"exec_time_list[^\[]{0,3}(\[.*\])")
_BEGINS = re.compile(r"acl init success")
_BEFORE_FIGURES = re.compile(r"try get model batchsize|output path:|warm up \d+ done|subprocess_\d+ main run")
_ENDS = re.compile(rf"summary throughput:{_NUMBER}")


def read_runs(texts: Iterable[str]) -> list[PrintedRun]:
    """The runs in the lines of a log, in their order; there is one at least, which may be empty."""
    reading = _Reading()
    for text in texts:
        reading.take(_COLOUR.sub("", text))
    return reading.runs


class _Reading:
    """Where the reader is: in which run, and with which figures that are not joined yet."""

    def __init__(self) -> None:
        self.runs = [PrintedRun()]
        self._forget()

    def _forget(self) -> None:
        self._waiting: list[tuple[Times, dict[str, Times]]] = []
        self._copies: dict[str, Times] = {}
        self._has_begun = self._has_failed = self._is_over = False

    def take(self, text: str) -> None:
        """One line."""
        if self._is_new_run(text):
            self.runs.append(PrintedRun())
            self._forget()
        run = self.runs[-1]
        run.lines.append(text)
        self._has_begun |= bool(_BEGINS.search(text))
        self._has_failed |= has_error_lines([text])
        for name, pattern, kind in _SET_LINES:
            for found in pattern.finditer(text):
                getattr(run, name).add(kind(found.group(1)))
        for found in COUNTER.finditer(text):
            run.loops.add(int(found.group(2)))
        _take_rare(run, text)
        self._take_figures(run, text)

    def _is_new_run(self, text: str) -> bool:
        run = self.runs[-1]
        if _DEVICES.search(text):
            return bool(run.blocks or run.devices or self._has_begun)
        if self._is_over:
            return bool(_BEGINS.search(text) or _BEFORE_FIGURES.search(text) or _TIMES.search(text))
        if run.devices:
            return False
        if _BEGINS.search(text):
            # Every session of a pipeline may say it too.
            return self._has_begun and bool(run.blocks or self._has_failed)
        return bool(run.blocks and _BEFORE_FIGURES.search(text))

    def _take_figures(self, run: PrintedRun, text: str) -> None:
        if found := _TIMES.search(text):
            times = times_from(dict(_numbers(_FIGURE.findall(text[found.end() :]))))
            if times is not None:
                self._take_times(found.group(1), times, run)
        if found := _THROUGHPUT.search(text):
            batch_size, mean, rate = (float(group) for group in found.groups())
            # The oldest of two with the same mean: which is which makes no difference then.
            twin = next((each for each in self._waiting if math.isclose(each[0].mean, mean, rel_tol=1e-9)), None)
            if twin is not None:
                self._waiting.remove(twin)
            times, copies = twin or (Times(mean), {})
            if mean > 0 and all(map(math.isfinite, (batch_size, mean, rate))):
                is_mean_alone = twin is not None and set(times.by_name) == {"mean"}
                run.blocks.append(Block(times, batch_size, rate, copies, is_mean_alone))
        if found := _DEVICE.search(text):
            run.device_lines.append(_device_line(found))
        self._is_over |= bool(_ENDS.search(text))

    def _take_times(self, kind: str, times: Times, run: PrintedRun) -> None:
        """Copies to the device stand before, those from it after the computing; with several processes who knows."""
        if kind == "NPU_compute_time":
            self._waiting.append((times, dict(self._copies) if not run.devices else {}))
            self._copies = {}
        elif kind == "H2D_latency":
            self._copies["H2D"] = times
        elif self._waiting and not run.devices:
            self._waiting[-1][1]["D2H"] = times


def _take_rare(run: PrintedRun, text: str) -> None:
    if found := _DEVICES.search(text):
        run.devices = tuple(part.strip() for part in found.group(1).split(",") if part.strip())
    if found := _THREADS.search(text):
        run.threads = max(run.threads, int(found.group(1)))
    if found := _FIRST_THREADS.search(text):
        run.threads, run.is_first_threads = max(run.threads, int(found.group(1))), True
    if found := _END_TO_END.search(text):
        run.end_to_end_s = float(found.group(1))
    if found := _EXEC_TIMES.search(text):
        run.exec_times.append(found.group(1))
    run.is_mode_forced |= bool(_MODE_FORCED.search(text))
    run.is_thread_alone |= bool(_THREAD_ALONE.search(text))
    run.has_timeline |= "create new context" in text


def _device_line(found: re.Match[str]) -> DeviceLine:
    begin_s, end_s = (None if text is None else float(text) for text in found.group(4, 5))
    return DeviceLine(int(found.group(1)), found.group(2), float(found.group(3)), begin_s, end_s)


def _numbers(found: Iterable[tuple[str, str]]) -> Iterable[tuple[str, float]]:
    return ((name, float(text)) for name, text in found)
