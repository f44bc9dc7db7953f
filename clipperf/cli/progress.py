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
from clipperf.report.number import figure
from clipperf.sweeping.display import Display, Silent
from clipperf.worker.conduct import Progress

_REDRAWS_PER_S = 4


class Notes(Silent):
    """Where stderr is no terminal: what the user should know, a line for each row, and nothing that moves."""

    def __init__(self) -> None:
        self._what, self._cases, self._done = "", 0, 0

    def note(self, text: str) -> None:
        """A line."""
        click.echo(text, err=True)

    def begin(self, cases: int, longest_s: float) -> None:
        """Counts from the beginning."""
        self._cases, self._done = cases, 0

    def case(self, case: Case, repeat: int | str) -> None:
        """Keeps its name."""
        self._what = _name_of(case, repeat)

    def row(self, row: Mapping[str, Any]) -> None:
        """A line; it shows in the log of a job of many minutes that the sweep goes on."""
        self._done += 1
        rate = row.get("qps") or row.get("qps_compute")
        figures = f", {figure(rate)} qps" if rate else ""
        click.echo(f"{self._done} of {self._cases} · {self._what}: {row['status']}{figures}", err=True)


class Live:
    """One bar for the sweep, with the running case beside it."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar
        self._task: Any = None
        self._what = ""
        self._batch_size = 1
        self._looked = self._began = time.monotonic()
        self._cases, self._done, self._longest_s = 0, 0, 0.0

    def note(self, text: str) -> None:
        """A line above the bar."""
        self._bar.console.print(text, markup=False, highlight=False)

    def begin(self, cases: int, longest_s: float) -> None:
        """An empty bar."""
        self._cases, self._done, self._longest_s, self._began = cases, 0, longest_s, time.monotonic()
        self._task = self._bar.add_task("", total=cases, now="starting", left=self._left())

    def case(self, case: Case, repeat: int | str) -> None:
        """Names the case."""
        self._batch_size = case.batch_size
        self._what = _name_of(case, repeat)
        self._bar.update(self._task, now=f"{self._what} · opening", left=self._left())

    def progress(self, progress: Progress) -> None:
        """Phase, qps and p50 so far; statistics only a few times a second, since the machine is measuring."""
        now = time.monotonic()
        if now - self._looked < 1 / _REDRAWS_PER_S:
            return
        self._looked = now
        now_text = f"{self._what} · {progress.phase}{self._figures(progress)}"
        self._bar.update(self._task, now=now_text, left=self._left())

    def row(self, row: Mapping[str, Any]) -> None:
        """One step further."""
        self._done += 1
        self._bar.update(self._task, completed=self._done, left=self._left())

    def _left(self) -> str:
        """How long it may still take: by the cases that are done, before that at most what the stop rule allows."""
        elapsed_s = time.monotonic() - self._began
        if self._done:
            left_s, bound = elapsed_s / self._done * self._cases - elapsed_s, "~"
        else:
            left_s, bound = self._longest_s * self._cases - elapsed_s, "≤"
        minutes, seconds = divmod(max(0, round(left_s)), 60)
        return f"{bound}{minutes}:{seconds:02} left"

    def _figures(self, progress: Progress) -> str:
        samples, opened = progress.samples, progress.open_ns
        if samples is None or opened is None:
            return ""
        inside = samples.after(opened)
        if not len(inside):
            return ""
        elapsed_s = float(inside.completed_ns[-1] - opened) * 1e-9
        p50_ms = float(np.median(inside.latency_ns)) / 1e6
        return f" · {figure(len(inside) * self._batch_size / elapsed_s)} qps · p50 {figure(p50_ms)} ms"


def _name_of(case: Case, repeat: int | str) -> str:
    parts = [case.model, *([case.precision] if case.precision not in ("", "fp32") else []), f"batch {case.batch_size}"]
    parts += [f"device {case.device}"] if len(case.device_ids) > 1 else []
    parts += [f"instances {case.instances}"] if case.instances > 1 else []
    parts += [f"depth {case.queue_depth}"] if case.queue_depth > 1 else []
    parts += [f"repeat {repeat}" if isinstance(repeat, int) else repeat] if repeat else []
    return " · ".join(parts)


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
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        MofNCompleteColumn(),
        BarColumn(20),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}", markup=False),
        TextColumn("{task.fields[now]}", markup=False),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True, refresh_per_second=_REDRAWS_PER_S) as bar:
        yield Live(bar)
