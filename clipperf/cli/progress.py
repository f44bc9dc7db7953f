"""The live display of a sweep on stderr: case, phase, elapsed, estimate, current qps and p50."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
import numpy as np

from clipperf.plan import Case
from clipperf.sweeping.display import Display, Silent
from clipperf.worker.conduct import Progress

_REDRAWS_PER_S = 4


class Notes(Silent):
    """Where stderr is no terminal: what the user should know, and nothing that moves."""

    def note(self, text: str) -> None:
        """A line."""
        click.echo(text, err=True)


class Live:
    """One bar for the sweep, with the running case beside it."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar
        self._task: Any = None
        self._what = ""
        self._batch_size = 1
        self._looked = 0.0

    def note(self, text: str) -> None:
        """A line above the bar."""
        self._bar.console.print(text, markup=False, highlight=False)

    def begin(self, cases: int) -> None:
        """An empty bar."""
        self._task = self._bar.add_task("", total=cases, now="starting")

    def case(self, case: Case, repeat: int) -> None:
        """Names the case."""
        self._batch_size = case.batch_size
        parts = [case.model, f"batch {case.batch_size}"]
        parts += [f"device {case.device}"] if len(case.device_ids) > 1 else []
        parts += [f"instances {case.instances}"] if case.instances > 1 else []
        parts += [f"depth {case.queue_depth}"] if case.queue_depth > 1 else []
        parts += [f"repeat {repeat}"] if repeat else []
        self._what = " · ".join(parts)
        self._bar.update(self._task, now=f"{self._what} · opening")

    def progress(self, progress: Progress) -> None:
        """Phase, qps and p50 so far; statistics only a few times a second, since the machine is measuring."""
        now = time.monotonic()
        if now - self._looked < 1 / _REDRAWS_PER_S:
            return
        self._looked = now
        self._bar.update(self._task, now=f"{self._what} · {progress.phase}{self._figures(progress)}")

    def row(self, row: Mapping[str, Any]) -> None:
        """One step further."""
        self._bar.advance(self._task)

    def _figures(self, progress: Progress) -> str:
        samples, opened = progress.samples, progress.open_ns
        if samples is None or opened is None:
            return ""
        inside = samples.select(samples.completed_ns > opened)
        if not len(inside):
            return ""
        elapsed_s = float(inside.completed_ns[-1] - opened) * 1e-9
        p50_ms = float(np.median(inside.latency_ns)) / 1e6
        return f" · {len(inside) * self._batch_size / elapsed_s:.4g} qps · p50 {p50_ms:.4g} ms"


@contextmanager
def make_display(quiet: bool) -> Iterator[Display]:
    """The live display on a terminal, notes alone elsewhere, nothing with --quiet."""
    if quiet:
        yield Silent()
        return
    if not sys.stderr.isatty():
        yield Notes()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        MofNCompleteColumn(),
        BarColumn(20),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[now]}", markup=False),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True, refresh_per_second=_REDRAWS_PER_S) as bar:
        yield Live(bar)
