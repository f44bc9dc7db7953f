"""The runs in what bmrt_test printed: one in a process's output, any number in a stored log or in notes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from clipperf.tools.base import Line
from clipperf.tools.bmrt_test.nets import Net, NetReader, begins_net
from clipperf.tools.bmrt_test.printed import RUNNING, Launch, is_wrapped, launch_in, time_in
from clipperf.tools.bmrt_test.spoken import Spoken, spoken_in

_LOOPS = re.compile(r"\bLoop num: (?P<loops>[0-9]{1,9})\b")
_LOADING = re.compile(r"\bLoading bmodel from \[(?P<path>.{1,4096}?)\]\.")
_RUNTIME = re.compile(
    r"\blibbmrt_version:\s*(?P<version>[^\s,]{1,100})(?:.*\bcommit:\s*(?P<commit>[0-9A-Za-z]{4,40}))?"
)
_DRIVER = re.compile(r"\bSophon driver version:\s*(?P<version>[0-9A-Za-z][^\s,]{0,99})")
_READING = re.compile(r"\breading input #(?P<place>[0-9]{1,4})\b")
_ELEMENTS = re.compile(r"-->\s*input_data:.*\blen=(?P<len>[0-9]{1,12})\s*$")
_OWN = re.compile(r"\[BM(?:RT|ODEL|LIB)\w*\]|\bBMLIB\b|bmcpu init|user ?cpu|cmodel|do_allreduce")
"""What the program and the libraries under it print between the lines that count."""


@dataclass(frozen=True)
class Turn:
    """One pass over a net and stage: ``calculate_us`` is the total of its launches, None where the line is missing.

    ``index`` and ``loop`` are None where they are not told, ``elements`` is the size of the first input. ``at_ns`` is
    when the line of ``calculate`` came, None in a stored log.
    """

    net: str
    index: int | None
    stage: int
    loop: int | None
    launch: Launch | None
    calculate_us: float | None
    elements: int | None = None
    at_ns: int | None = None


@dataclass
class Run:
    """One invocation of bmrt_test; ``begin`` and ``end`` number its first line and the one after its last."""

    begin: int = 0
    end: int = 0
    turns: list[Turn] = field(default_factory=list)
    nets: tuple[Net, ...] = ()
    model: str = ""
    loops: int | None = None
    runtime: str = ""
    driver: str = ""
    command: Spoken | None = None
    is_priority_refused: bool = False


def read_runs(lines: Iterable[Line]) -> list[Run]:
    """Every run that has a turn, in the order of the lines; lines of others are passed over.

    A run begins with ``Loop num``, with the command itself, with a model that is loaded, or with a loop that was there
    already. Where turns do not tell their loop, as in notes, other text between them parts runs.
    """
    reader = _Reader()
    for number, line in enumerate(lines):
        reader.take(number, line)
    return reader.runs()


def is_own(text: str) -> bool:
    """Whether a line is the command or the program's, and no text of whoever wrote it down."""
    return spoken_in(text) is not None or _OWN.search(text) is not None


class _Reader:
    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._held = ""
        self._first: int | None = None
        self._head: int | None = None
        self._begin()

    def take(self, number: int, line: Line) -> None:
        """One more line."""
        text = f"{self._held} {line.text.strip()}" if self._held else line.text
        if is_wrapped(text) and not self._held:
            self._held = text
            return
        self._held = ""
        if self._begins_run(text):
            self._end()
        # Before the line is taken: a turn that it ends may begin a run of its own.
        known = self._first
        self._first = number if known is None else known
        if self._head is None and (_LOOPS.search(text) or _LOADING.search(text)):
            self._head = number
        if self._has_head(text) or self._has_turn(text, line.at_ns):
            self._run.end = number + 1
        elif text.strip() and _OWN.search(text) is None:
            self._is_apart, self._first = True, None
        else:
            self._first = known

    def runs(self) -> list[Run]:
        """All that was taken, when no more comes."""
        self._end()
        return [run for run in self._runs if run.turns]

    def _begin(self) -> None:
        self._run = Run()
        self._nets = NetReader()
        self._seen: set[tuple[int, int]] = set()
        self._place: tuple[int, str, int | None] | None = None
        self._stages: set[int | None] = set()
        self._launch: Launch | None = None
        self._elements: int | None = None
        self._input = ""
        self._is_apart = False
        self._first = None
        self._head = None

    def _end(self) -> None:
        self._close_launch()
        self._run.nets = self._nets.nets()
        self._runs.append(self._run)
        self._begin()

    def _begins_run(self, text: str) -> bool:
        is_used = bool(self._run.turns) or self._launch is not None
        if _LOOPS.search(text) or spoken_in(text) is not None:
            return is_used or self._run.loops is not None
        if found := RUNNING.search(text):
            return found["loop"] is not None and (int(found["index"]), int(found["loop"])) in self._seen
        return is_used and (_LOADING.search(text) is not None or begins_net(text))

    def _has_head(self, text: str) -> bool:
        if (command := spoken_in(text)) is not None:
            self._run.command = command
        elif found := _LOOPS.search(text):
            self._run.loops = int(found["loops"])
        elif found := _LOADING.search(text):
            self._run.model = self._run.model or found["path"]
        elif found := _RUNTIME.search(text):
            self._run.runtime = f"libbmrt {found['version']}" + (f" ({found['commit']})" if found["commit"] else "")
        elif found := _DRIVER.search(text):
            self._run.driver = found["version"]
        elif "setpriority failed" in text:
            self._run.is_priority_refused = True
        else:
            return self._nets.take(text)
        return True

    def _has_turn(self, text: str, at_ns: int | None) -> bool:
        if found := RUNNING.search(text):
            self._close_launch()
            self._arrive(int(found["index"]), found["net"], found["loop"])
        elif found := _READING.search(text):
            self._input = found["place"]
        elif found := _ELEMENTS.search(text):
            self._elements = int(found["len"]) if self._input == "0" else self._elements
            self._input = ""
        elif (launch := launch_in(text)) is not None:
            self._close_launch()
            self._launch = launch
        elif (told := time_in(text)) is not None:
            if told[0] == "calculate" and told[1] > 0:
                self._add(told[1], at_ns)
        else:
            return False
        return True

    def _arrive(self, index: int, net: str, loop: str | None) -> None:
        if loop is not None:
            self._seen.add((index, int(loop)))
        self._place = index, net, None if loop is None else int(loop)
        self._stages, self._elements = set(), None

    def _close_launch(self) -> None:
        """Keeps the averages of a turn whose total is missing."""
        if self._launch is not None:
            self._add(None, None)

    def _add(self, calculate_us: float | None, at_ns: int | None) -> None:
        launch, self._launch = self._launch, None
        stage = None if launch is None else launch.stage
        is_taken = stage in self._stages or (self._stages and None in (stage, *self._stages))
        if self._place is not None and (is_taken or (launch is not None and launch.net != self._place[1])):
            # The net was announced for a turn that has its figures already.
            self._place = None
        if self._place is None and self._run.turns and self._is_apart:
            first = self._first
            self._end()
            self._first = first
        if not self._run.turns:
            self._run.begin = (self._first if self._head is None else self._head) or 0
        index, net, loop = self._place or (None, launch.net if launch else "", None)
        self._stages.add(stage)
        self._is_apart = False
        self._run.turns.append(
            Turn(net, index, launch.stage if launch else 0, loop, launch, calculate_us, self._elements, at_ns)
        )
