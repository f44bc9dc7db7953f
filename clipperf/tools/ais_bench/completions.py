"""When each request ended by clipperf's clock: ais_bench says so, one line a request.

Its loop prints ``loop inference exec: (i/N)`` after each execution and flushes it (``ModelInferenceProcessor.cpp``,
in all versions), outside of what it times. A line has come when the next begins, since they end in carriage returns:
the line of a request is stamped at the end of the next one, and the last two come together. So n lines are n - 1
instants, of all requests but the first: the window that they span is wall time really measured.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clipperf.tools.ais_bench.printed import COUNTER
from clipperf.tools.base import Line

_FEWEST = 10
_MOST_BUNCHED = 0.01
"""Share of the instants that may come in one bunch: how far the window may be off."""

_TOLERANCE = 0.98
"""Clocks that are read by different programs differ; device time cannot be longer than wall time by more."""


def completions_s(lines: Sequence[Line], durations_ms: Sequence[float]) -> np.ndarray | None:
    """When the requests after the first ended, in s; None where the lines do not tell.

    They do not with few requests, with several sets of inputs, where the lines were not stamped, and where they came in
    bunches, as from a pipe that is not flushed or by a reader that is late.
    """
    stamps = [line.at_ns for line in lines for _ in COUNTER.finditer(line.text) if line.at_ns is not None]
    if len(stamps) != len(durations_ms) or len(stamps) < _FEWEST:
        return None
    instants = np.asarray(stamps[:-1], dtype=np.int64) / 1e9
    later_ms = np.asarray(durations_ms[1:])
    if (instants[-1] - instants[0]) * 1e3 < _TOLERANCE * later_ms[1:].sum() or np.any(np.diff(instants) < 0):
        return None
    is_bunched = np.diff(instants) * 1e3 < later_ms[1:] / 2
    return instants if _longest_run(is_bunched) <= max(1, _MOST_BUNCHED * len(instants)) else None


def _longest_run(flags: np.ndarray) -> int:
    """The most of them that are true in a row."""
    false_at = np.flatnonzero(np.concatenate(([True], ~flags, [True])))
    return int(np.diff(false_at).max()) - 1
