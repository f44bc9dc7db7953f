"""The runs in what mm_run printed: one in a process's output, any number in a stored log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from clipperf.tools.base import Line
from clipperf.tools.mm_run.parameters import Parameters, read_parameters
from clipperf.tools.mm_run.printed import NUMBER, heading_in, number_in, without_stamp
from clipperf.tools.mm_run.summary import THROUGHPUT, Summary, read_readings, read_summary

_PARAMETERS = "Parameter Information"
_PERFORMANCE = "Performance Summary"
_UTILISATION = re.compile(r"Device (?P<device>\d+) Utilization Summary")
_MEASURED = re.compile(rf"^infer_dev_(?P<device>\d+)_thread_\d+ time is (?P<ms>{NUMBER}) ms\.\s*$")


@dataclass(frozen=True)
class Window:
    """When a thread measured, by the clock that stamped its line, in ns."""

    device: str
    begin_ns: int
    end_ns: int


@dataclass(frozen=True)
class Run:
    """One invocation of mm_run; ``windows`` are known only where the lines were stamped as they came."""

    parameters: Parameters
    summaries: tuple[Summary, ...]
    windows: tuple[Window, ...]


@dataclass
class _Section:
    title: str
    lines: list[str] = field(default_factory=list)


def read_runs(lines: Iterable[Line]) -> tuple[Run, ...]:
    """Every run that has a summary with a throughput, in the order of the lines.

    A run begins with ``Parameter Information``; where that is missing, as in logs that were cut, with a device that
    the run before has told already. Lines of others (``2>&1 | tee`` writes those of the script too) are passed over.
    """
    reader = _Reader()
    for line in lines:
        reader.take(line)
    return reader.runs()


class _Reader:
    """Gathers sections into runs."""

    def __init__(self) -> None:
        self._done: list[Run] = []
        self._begin_run()

    def take(self, line: Line) -> None:
        """One more line."""
        _, text = without_stamp(line.text)
        title = heading_in(text)
        if title is not None:
            self._end_section()
            if title == _PARAMETERS:
                self._end_run()
            self._section = _Section(title)
        elif THROUGHPUT.match(text) and not self._awaits_throughput():
            # In some old logs nothing but this line is left of the summary.
            self._end_section()
            self._section = _Section(_PERFORMANCE, [text])
        else:
            self._section.lines.append(text)
        self._note_window(text, line.at_ns)

    def runs(self) -> tuple[Run, ...]:
        """All that was taken, when no more comes."""
        self._end_section()
        self._end_run()
        return tuple(self._done)

    def _begin_run(self) -> None:
        self._section = _Section("")
        self._parameters = Parameters()
        self._summaries: list[Summary] = []
        self._windows: list[Window] = []
        self._device = ""
        self._readings: dict[str, float] = {}

    def _end_run(self) -> None:
        if self._summaries:
            self._done.append(Run(self._parameters, tuple(self._summaries), tuple(self._windows)))
        self._begin_run()

    def _awaits_throughput(self) -> bool:
        return self._section.title == _PERFORMANCE and not any(THROUGHPUT.match(line) for line in self._section.lines)

    def _end_section(self) -> None:
        section, self._section = self._section, _Section("")
        utilisation = _UTILISATION.fullmatch(section.title)
        if section.title == _PARAMETERS:
            self._parameters = read_parameters(section.lines)
        elif utilisation:
            self._device, self._readings = utilisation["device"], dict(read_readings(section.lines))
        elif section.title == _PERFORMANCE:
            summary = read_summary(self._device, self._readings, section.lines)
            self._device, self._readings = "", {}
            if any(summary.device == known.device for known in self._summaries):
                self._end_run()
            if summary.has_rate:
                self._summaries.append(summary)

    def _note_window(self, text: str, at_ns: int | None) -> None:
        found = _MEASURED.match(text)
        if found is None or at_ns is None or (ms := number_in(found["ms"])) is None:
            return
        self._windows.append(Window(found["device"], at_ns - int(ms * 1e6), at_ns))
