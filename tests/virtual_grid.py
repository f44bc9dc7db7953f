"""Rows of a grid of simulated devices in virtual time: what the harness would have found, without a clock."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
from rows import Row, row

from clipperf.analysis.compare_runs import InWindow, Run
from clipperf.profile import make_profile
from clipperf.sweeping.lengths import stop_rule
from clipperf.validation.virtual import closed_load
from clipperf.validation.virtual_run import VirtualRun, run_virtual

Table = Mapping[int, float]
_NS_PER_MS = 1e6


def virtual_run(
    stages_ms: list[float], depth: int, batch: int = 1, seed: int = 0, requests: int = 600, jitter: float = 0.02
) -> VirtualRun:
    """A closed loop at that depth on a device of those stages, each with normal noise of ``jitter``."""
    random = np.random.default_rng(seed)
    longer = int(1.3 * requests) + 60
    noise = np.clip(1 + jitter * random.standard_normal((len(stages_ms), 1, longer)), 0.5, 1.5)
    stages_ns = [np.round(ms * _NS_PER_MS * drawn).astype(np.int64) for ms, drawn in zip(stages_ms, noise, strict=True)]
    rule = stop_rule(make_profile({"iterations": requests, "warmup": "10"}, {}))
    return run_virtual(closed_load(stages_ns, depth).samples(0, depth), rule, depth, batch)


def virtual_row(run: VirtualRun, batch: int, depth: int, **columns: object) -> Row:
    """The row that a sweep would have written of it."""
    made = {"runner": "simulated", "case_id": f"b{batch}-q{depth}", "queue_depth": depth}
    return row(batch) | run.figures.values | made | columns


def virtual_grid(device: list[Table], depths: tuple[int, ...], seed: int = 0) -> list[Row]:
    """A row for each batch size of the device's tables at each depth; a table has ms by batch size for a stage."""
    grid = itertools.product(device[0], depths)
    runs = {
        (batch, depth): virtual_run([table[batch] for table in device], depth, batch, seed + number)
        for number, (batch, depth) in enumerate(grid)
    }
    return [virtual_row(run, batch, depth) for (batch, depth), run in runs.items()]


def with_samples(run: VirtualRun, made: Row) -> Run:
    """The row with its raw samples, as a comparison takes it."""
    window = run.figures.window
    return Run(made, InWindow(run.samples.select(window.holds(run.samples)), window.open_ns, made["queue_depth"]))
