"""The blocks of figures that the profilers print, in every form that their sources and documents have.

C++ prints devices as ``[ 0 1 ]`` and throughput with six significant digits, Python ``[0, 1]`` and two digits after
the point; a few print ``device: 0``. Decoders and operators leave out the lines of queue and batch, the asynchronous
Python profiler has those two the other way round. Everything is found by its label, whatever stands before it on the
line or between the lines; a block that is not whole, or contradicts itself, is told as broken and never half read.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_NUMBER = r"[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?"
_COUNT = r"[0-9]{1,9}"
_BEGIN = r"(?:^|.*[^\w(])"
_COLON = r"\s*[:：]\s*"
_END = r"[\s`|*\\]*$"
_COUNTS = {
    name: re.compile(rf"{_BEGIN}{words}{_COLON}({_COUNT}){_END}", re.ASCII)
    for name, words in (
        ("instances", "number of instances"),
        ("queue_size", "queue size"),
        ("batch_size", "batch size"),
    )
}
_DEVICES = re.compile(
    rf"{_BEGIN}devices?{_COLON}(?:\[(?P<listed>[0-9 ,]{{0,4000}})\]|(?P<one>{_COUNT})){_END}", re.ASCII
)
_THROUGHPUT = re.compile(rf"{_BEGIN}throughput \(qps\){_COLON}(?P<qps>{_NUMBER}){_END}", re.ASCII)
_LATENCY = re.compile(
    rf"{_BEGIN}(?P<name>avg|min|max|p(?P<percent>[0-9]{{1,3}})) latency{_COLON}(?P<us>{_NUMBER}){_END}", re.ASCII
)
_UNIT = re.compile(rf"{_BEGIN}latency \((?P<unit>[^)]*)\){_COLON}\s*{_END}")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_UNITS = ("us", "µs", "μs")
_ORDINARY = ("avg", "min", "max")
_MOST_JUNK = 40
"""Lines of others between two of one block; more than a traceback's worth is another text."""

_MOST = 1e12
_SLACK_US = 1.0
"""Figures are cut to whole microseconds, each by itself."""


@dataclass(frozen=True)
class Block:
    """One measurement as printed; ``instances`` and ``devices`` are what was asked for, not what ran.

    ``latency_us`` has ``avg``, ``min``, ``max`` and ``p50`` … as whole microseconds. ``begin`` and ``end`` number the
    first line and the one after the last. ``is_python`` is None where the form does not tell who printed it;
    ``is_swapped`` is true where the batch size stands before the queue size.
    """

    begin: int
    end: int
    qps: float
    latency_us: Mapping[str, float]
    instances: int | None = None
    devices: tuple[str, ...] = ()
    queue_size: int | None = None
    batch_size: int | None = None
    is_python: bool | None = None
    is_swapped: bool = False
    decimals: int = 0


@dataclass(frozen=True)
class Blocks:
    """The whole ones in their order, and the numbers of the lines at which broken ones begin."""

    whole: tuple[Block, ...]
    broken: tuple[int, ...]


def read_blocks(lines: Iterable[str]) -> Blocks:
    """All blocks among the lines."""
    reader = _Reader()
    for number, line in enumerate(lines):
        reader.take(number, _COLOUR.sub("", line))
    return reader.blocks()


@dataclass
class _Draft:
    begin: int
    end: int
    counts: dict[str, int] = field(default_factory=dict)
    devices: tuple[str, ...] | None = None
    is_python: bool | None = None
    qps: str = ""
    is_known_unit: bool = True
    latency_us: dict[str, float] = field(default_factory=dict)


class _Reader:
    def __init__(self) -> None:
        self._draft: _Draft | None = None
        self._whole: list[Block] = []
        self._broken: list[int] = []

    def take(self, number: int, line: str) -> None:
        """One more line."""
        if found := _COUNTS["instances"].match(line):
            self._close()
            self._draft = _Draft(number, number + 1, {"instances": int(found[1])})
        elif found := _THROUGHPUT.match(line):
            if self._draft is None or self._draft.qps:
                # Without its settings a result is printed from here on.
                self._close()
                self._draft = _Draft(number, number + 1)
            self._draft.qps, self._draft.end = found["qps"], number + 1
        elif self._draft is not None:
            if self._has_field(self._draft, line):
                self._draft.end = number + 1
            elif number - self._draft.end >= _MOST_JUNK:
                self._close()

    def blocks(self) -> Blocks:
        """All that was taken, when no more comes."""
        self._close()
        return Blocks(tuple(self._whole), tuple(self._broken))

    def _has_field(self, draft: _Draft, line: str) -> bool:
        if found := _DEVICES.match(line):
            return _take_devices(draft, found)
        for name in ("queue_size", "batch_size"):
            if found := _COUNTS[name].match(line):
                # Of what is told twice the first is meant: figures of another block have its head before them.
                draft.counts.setdefault(name, int(found[1]))
                return True
        if found := _LATENCY.match(line):
            draft.latency_us.setdefault(found["name"], float(found["us"]))
            return True
        if found := _UNIT.match(line):
            draft.is_known_unit = found["unit"].strip() in _UNITS
            return True
        return False

    def _close(self) -> None:
        draft, self._draft = self._draft, None
        if draft is None:
            return
        block = _block_of(draft)
        if block is not None:
            self._whole.append(block)
        elif draft.qps or draft.latency_us or draft.devices is not None or len(draft.counts) > 1:
            # The number of instances alone is a line of any text.
            self._broken.append(draft.begin)


def _take_devices(draft: _Draft, found: re.Match[str]) -> bool:
    if draft.devices is None:
        listed = found["listed"]
        ids = (found["one"] if listed is None else listed).replace(",", " ").split()
        draft.devices = tuple(dict.fromkeys(ids))
        if listed is not None:
            draft.is_python = not listed.startswith(" ")
    return True


def _block_of(draft: _Draft) -> Block | None:
    qps = float(draft.qps) if draft.qps else math.nan
    if not 0 < qps <= _MOST or not draft.is_known_unit or not _holds_together(draft.latency_us):
        return None
    if 0 in (draft.counts.get("instances"), draft.counts.get("batch_size")):
        return None
    order = list(draft.counts)
    is_swapped = "queue_size" in order and "batch_size" in order[: order.index("queue_size")]
    return Block(
        begin=draft.begin,
        end=draft.end,
        qps=qps,
        latency_us=draft.latency_us,
        devices=draft.devices or (),
        is_python=True if is_swapped else draft.is_python,
        is_swapped=is_swapped,
        decimals=0 if re.search("[eE]", draft.qps) else len(draft.qps.partition(".")[2]),
        **draft.counts,
    )


def _holds_together(latency_us: Mapping[str, float]) -> bool:
    """Whether mean, least and most are there, and no figure lies on the wrong side of another."""
    if not all(name in latency_us for name in _ORDINARY) or not all(us <= _MOST for us in latency_us.values()):
        return False
    rising = [latency_us["min"], *_percentiles(latency_us), latency_us["max"]]
    is_rising = all(low <= high for low, high in itertools.pairwise(rising))
    mean_us = latency_us["avg"]
    return is_rising and mean_us > 0 and latency_us["min"] - _SLACK_US <= mean_us <= latency_us["max"] + _SLACK_US


def _percentiles(latency_us: Mapping[str, float]) -> Sequence[float]:
    names = sorted((name for name in latency_us if name not in _ORDINARY), key=lambda name: int(name[1:]))
    return [latency_us[name] for name in names]
