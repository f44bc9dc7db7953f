"""The lines of bmrt_test that hold figures, in every form that its sources and documents have.

A turn is one pass over a net and stage: a line of averages over its launches (``launch total time``, whole
microseconds), then one with the total of all of them (``calculate``, seconds), which leaves the copies out. The second
is what Sophon's tables are made of. Everything is found by its label, whatever stands before it on the line; what does
not read as it should is missing, never half read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NET = r"net\[(?P<net>.{1,300}?)\] stage\[(?P<stage>[0-9]{1,6})\],\s*"
_US = r"[0-9]{1,12}"
_ANY_US = r"[0-9]{1,20}"
RUNNING = re.compile(
    r"running network #(?P<index>[0-9]{1,6}), name: (?P<net>.{1,300}?)(?:, loop: (?P<loop>[0-9]{1,9}))?\s*$"
)
_LAUNCH = re.compile(
    rf"{_NET}launch total time is\s+(?P<total>{_US}) us\b"
    rf"(?:\s*\(npu (?P<npu>{_US})(?: us)?(?P<groups>\s*\[{_ANY_US} us, {_ANY_US} us\])?,?\s*\w+ {_ANY_US} us\))?"
)
"""Of the time that is not the NPU's, ``cpu`` in the source, documents make ``normal``; it is the rest and not read."""

_LAST_API = re.compile(rf"{_NET}the last_api_process_time_us is (?P<npu>{_US}) us\b")
"""What chips of id 0x1682 print instead."""

_SECONDS = re.compile(
    r"(?P<what>load input|pre alloc|calculate|get output|compare)\s+time\s*\(s\)\s*[:：]\s*"
    r"(?P<s>[0-9]{1,6}\.[0-9]{1,9})(?![0-9.eE])"
)
_WRAPPED = re.compile(r"launch total time is\s*$")
"""Documents break the line here."""

_WHOLE_SECONDS = re.compile(r"time\s*\(s\)\s*:\s*[0-9]+\.[0-9]{6}\s*$")


@dataclass(frozen=True)
class Launch:
    """Averages over the launches of a turn, in microseconds; ``total_us`` is None where only the NPU's is told.

    ``npu_us`` is None where it is not told, and 0 on the simulator. ``has_groups`` where several groups of cores ran
    at once, each with a launch of its own.
    """

    net: str
    stage: int
    total_us: int | None
    npu_us: int | None
    has_groups: bool = False


def launch_in(text: str) -> Launch | None:
    """The averages that a line holds."""
    if found := _LAUNCH.search(text):
        npu = found["npu"]
        return Launch(
            found["net"],
            int(found["stage"]),
            int(found["total"]),
            None if npu is None else int(npu),
            found["groups"] is not None,
        )
    if found := _LAST_API.search(text):
        return Launch(found["net"], int(found["stage"]), None, int(found["npu"]))
    return None


def time_in(text: str) -> tuple[str, float] | None:
    """Which time a line tells, such as ``calculate``, and its microseconds, which the program prints whole."""
    found = _SECONDS.search(text)
    return None if found is None else (found["what"], round(float(found["s"]) * 1e6, 3))


def is_wrapped(text: str) -> bool:
    """Whether the figures of the line are on the next one."""
    return _WRAPPED.search(text) is not None


def is_whole(text: str) -> bool:
    """Whether a line without its end holds a figure that cannot be longer: six digits are all that is printed."""
    return _WHOLE_SECONDS.search(text) is not None
