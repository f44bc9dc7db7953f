"""The contract of a vendor's benchmark program: it makes the load and holds the clock.

A tool builds the commands of a case and translates what they said; starting, timing out, pausing and killing them is
``sweeping.tool_processes``. ``parse`` and ``read_log`` are pure: a log that was taken elsewhere becomes rows by the
same code. What a tool cannot do is refused with ``Unsupported``; what its program did wrong is ``CaseFailed`` with a
kind and a sentence. To add a tool, read this file and one of its neighbours and add one line to ``__init__.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clipperf.measure.row_warning import RowWarning
from clipperf.runners.base import Option, Probe, take_options


@dataclass(frozen=True)
class ToolCase:
    """What a tool is told of a case; ``model`` is a path in which the batch size has been filled in already.

    ``with_own_devices`` asks for the tool's own list of devices, where clipperf would start a process for each device
    and instance.
    """

    model: str
    batch_size: int
    device_ids: tuple[str, ...]
    instances: int
    queue_depth: int
    precision: str
    scope: str
    options: Mapping[str, Option] = field(default_factory=dict)
    with_own_devices: bool = False


@dataclass(frozen=True)
class Length:
    """How long every process shall measure, after how much warm-up.

    ``requests`` is None only for a tool that ``counts_seconds``; of two that are given a tool takes the one it knows.
    """

    requests: int | None
    seconds: float | None
    warmup_requests: int
    warmup_s: float = 0.0


@dataclass(frozen=True)
class Command:
    """One process of a case; it runs in ``folder``, which exists and is its own, and is told by ``device``.

    ``hold_at`` is a regular expression. The process is paused where it finds it in what was printed, until all
    processes of the case have come as far, so that they measure at the same time; empty where there is no such place.
    ``warmup_requests`` are the first of those that it is told to do, which the tool will not count where its program
    has no warm-up of its own.
    """

    argv: tuple[str, ...]
    folder: Path
    device: str
    hold_at: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    warmup_requests: int = 0


@dataclass(frozen=True)
class Line:
    """What was printed between two line feeds or carriage returns; ``at_ns`` is when it came, None in a stored log."""

    text: str
    stream: str = "stdout"
    at_ns: int | None = None


@dataclass(frozen=True)
class Captured:
    """What one process left: its lines in the order in which they came, and the text files in its folder by name.

    ``returncode`` is negative where a signal ended it.
    """

    command: Command
    lines: tuple[Line, ...]
    files: Mapping[str, str]
    returncode: int


@dataclass(frozen=True)
class Report:
    """What a tool says of one measurement, in clipperf's words; None and empty where it does not say.

    ``durations_ms`` are those of the requests one by one, warm-up left out, as they followed each other in one place
    of execution; ``latency_ms`` has what the tool computed itself, by ``mean``, ``min``, ``max``, ``p50`` … ``p99``.
    ``qps`` and ``requests_per_s`` stand only where wall time was really measured, over ``window_s``; ``qps_compute`` is
    what follows from device time. ``in_flight_mean`` is by Little's law, where rate and latency are of one clock.
    ``vendor`` holds figures as printed, by the name of their column. ``options`` keeps the vendor's own words for what
    has been translated. ``window_ns`` are the instants of clipperf's clock between which it measured, where the lines
    tell them. ``label`` tells measurements of one log apart. The versions are those that it told while it
    measured, which ``Probe`` may not know.
    """

    scope: str
    device: str = ""
    label: str = ""
    model: str = ""
    precision: str = ""
    batch_size: int | None = None
    instances: int | None = None
    queue_depth: int | None = None
    requests: int | None = None
    warmup_requests: int | None = None
    window_s: float | None = None
    window_ns: tuple[int, int] | None = None
    durations_ms: tuple[float, ...] = ()
    latency_ms: Mapping[str, float] = field(default_factory=dict)
    compute_ms: Mapping[str, float] = field(default_factory=dict)
    qps: float | None = None
    requests_per_s: float | None = None
    qps_compute: float | None = None
    in_flight_mean: float | None = None
    vendor: Mapping[str, float] = field(default_factory=dict)
    device_readings: Mapping[str, float] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[RowWarning, ...] = ()
    runner_version: str = ""
    driver_version: str = ""


class Tool:
    """One vendor's program. ``scopes`` are what its clock can go round, the first is what it takes by default.

    ``counts_seconds`` tells whether it can be given a time; else clipperf finds out by a short run how many requests a
    time holds. ``warms_up`` is false where it cannot, so that nobody has to know how long a warm-up is.
    ``most_requests`` is what one process can be asked for at once. ``monitor`` names the file in ``monitors`` that
    watches its devices, empty where there is none. ``python`` is the interpreter in which a tool that is written in
    Python lives (``--worker-python``), None for the one that is found.
    """

    name: str
    scopes: tuple[str, ...]
    model_formats: tuple[str, ...]
    counts_seconds: bool = False
    warms_up: bool = True
    most_requests: int = 10**9
    monitor: str = ""
    python: str | None = None

    def probe(self, options: Mapping[str, Option]) -> Probe:
        """Version, devices and features found here; raises RunnerUnavailable with the remedy where it is absent."""
        raise NotImplementedError

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Raises Unsupported for options or values that the tool does not know; called before measuring."""
        take_options(self.name, options, ())

    def check_case(self, case: ToolCase) -> None:
        """Raises Unsupported for what the tool would do otherwise than asked; its case becomes a row that says so."""
        raise NotImplementedError

    def commands(self, case: ToolCase, length: Length, folder: Path) -> Sequence[Command]:
        """The processes to start together, each in a sub-folder of ``folder`` that this method makes."""
        raise NotImplementedError

    def parse(self, case: ToolCase, captured: Sequence[Captured]) -> Sequence[Report]:
        """A report of each place of execution; raises CaseFailed where a process did not measure what was asked."""
        raise NotImplementedError

    def read_log(self, name: str, text: str) -> Sequence[Report]:
        """The measurements in a file of that name that was taken elsewhere; raises UsageError where it has none."""
        raise NotImplementedError


def lines_of(text: str, stream: str = "stdout") -> tuple[Line, ...]:
    """The lines of a stored log; progress bars end theirs with a carriage return."""
    return tuple(Line(line, stream) for line in text.replace("\r", "\n").split("\n"))
