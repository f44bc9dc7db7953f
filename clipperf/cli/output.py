"""A frame of rows as the verbs print it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from clipperf.analysis.related import with_related
from clipperf.errors import Interrupted, UsageError
from clipperf.report.export import csv_text, json_text
from clipperf.report.folder_report import FolderReport
from clipperf.report.table import table_text

_MADE = (
    "modes.md",
    "tune.md",
    "pareto.png",
    "pareto.svg",
    "capacity.md",
    "rate.png",
    "rate.svg",
    "curve.png",
    "curve.svg",
    "scaling.png",
    "scaling.svg",
)


@contextmanager
def new_file(out: Path | None) -> Iterator[TextIO]:
    """The new file of ``--out``, standard output where it is None; raises UsageError where it cannot be written."""
    if out is None:
        yield sys.stdout
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            yield file
    except FileExistsError:
        raise UsageError(f"--out {out}: it is there already; choose another file.") from None
    except OSError as error:
        raise UsageError(f"--out {out}: it cannot be written ({error.strerror}).") from None


def say_where(folder: Path) -> None:
    """Names the run folder, and its pictures where there was something to draw, on stderr."""
    *others, last = [name for name in _MADE if (folder / name).is_file()] or [""]
    made = f" with {', '.join(others)} and {last}" if others else f" with {last}" if last else ""
    click.echo(f"\nRun folder: {folder}{made}", err=True)


def say_how_to_go_on(verb: str, interruption: Interrupted) -> None:
    """Names the folder with the finished rows, and the command that measures the others, on stderr."""
    folder = interruption.folder
    go_on = f"Go on with: clipperf {verb} --resume {shlex.quote(str(folder))}"
    click.echo(f"Interrupted; finished rows are in {folder}. {go_on}", err=True)


def print_report(report: FolderReport, format_: str | None, quiet: bool) -> None:
    """The table with its notes under it; with ``--format`` the data alone, the notes on stderr."""
    frame = report.frame
    if format_ == "csv":
        click.echo(csv_text(with_related(frame)), nl=False)
    elif format_ == "json":
        click.echo(json_text(with_related(frame)))
    else:
        click.echo(table_text(frame, "github" if format_ == "github" else "plain"))
    if report.notes and not (quiet and format_):
        click.echo(f"\n{report.notes}", err=format_ is not None)
