"""Measures several cases at the same time on one device, each to a row of its own that tells of the others."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clipperf.errors import UsageError
from clipperf.measure.neighbour_checks import check_neighbour
from clipperf.plan import Case
from clipperf.results.samples_file import read_samples
from clipperf.results.schema import MEASURED
from clipperf.results.warning_cell import warnings_in
from clipperf.sweeping.bench import Bench
from clipperf.worker.company import Company, Together

Row = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One of the cases that run at the same time, and what opens a bench for it.

    ``place`` gives it arrivals of its own, the same in every measurement of that place, whoever is beside it.
    """

    case: Case
    repeat: int
    place: int
    open_bench: Callable[[Company], Bench]


def measure_together(parts: Sequence[Part], folder: Path) -> list[Row]:
    """The rows of the parts, at least one, in their order; all load, then start together, and all stop with the last.

    Where one fails, the others fail with it, since they would not have had their neighbour.
    """
    barrier = threading.Barrier(len(parts))
    # A worker dies with the thread that started it, so the benches are closed before the threads end.
    with ThreadPoolExecutor(len(parts)) as pool, ExitStack() as stack:
        benches = [stack.enter_context(part.open_bench(Together(barrier, part.place))) for part in parts]
        running = [
            pool.submit(bench.measure, part.case, part.repeat) for bench, part in zip(benches, parts, strict=True)
        ]
        try:
            rows = [one.result() for one in running]
        except BaseException:
            barrier.abort()
            for bench in benches:
                bench.kill()
            raise
    return [_with_neighbours(number, parts, rows, folder) for number in range(len(parts))]


def _with_neighbours(number: int, parts: Sequence[Part], rows: Sequence[Row], folder: Path) -> Row:
    row = rows[number]
    others = [part for place, part in enumerate(parts) if place != number]
    if row["status"] not in MEASURED or not others:
        return row
    shares = [_together_share(folder, parts[number], other) for other in others]
    warning = check_neighbour(" and ".join(_named(other.case) for other in others), min(shares))
    told = [*warnings_in(row.get("warnings")), asdict(warning)]
    return {**row, "warnings": json.dumps(told, ensure_ascii=False)}


def _named(case: Case) -> str:
    rate = "" if case.offered_rate is None else f" at {case.offered_rate:.4g} requests/s"
    return f"{case.model} at batch {case.batch_size}{rate}"


def _together_share(folder: Path, one: Part, other: Part) -> float:
    """The part of the window of one that lies in that of the other."""
    (begin, end), (other_begin, other_end) = _window(folder, one), _window(folder, other)
    return max(0, min(end, other_end) - max(begin, other_begin)) / max(1, end - begin)


def _window(folder: Path, part: Part) -> tuple[int, int]:
    """First and last completion that count; nothing where the samples were not kept."""
    try:
        samples, inside = read_samples(folder, part.case.case_id, part.repeat)
    except UsageError:
        return 0, 0
    counted = samples.completed_ns[inside]
    return (int(np.min(counted)), int(np.max(counted))) if counted.size else (0, 0)
