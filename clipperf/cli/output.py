"""A frame of rows as the verbs print it."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from clipperf.errors import Interrupted
from clipperf.report.export import csv_text, json_text
from clipperf.report.folder_report import FolderReport
from clipperf.report.table import table_text

_PICTURES = ("curve.png", "curve.svg")


def say_where(folder: Path) -> None:
    """Names the run folder, and its pictures where there was something to draw, on stderr."""
    drawn = " and ".join(name for name in _PICTURES if (folder / name).is_file())
    click.echo(f"\nRun folder: {folder}" + (f" with {drawn}" if drawn else ""), err=True)


def say_how_to_go_on(verb: str, interruption: Interrupted) -> None:
    """Names the folder with the finished rows, and the command that measures the others, on stderr."""
    folder = interruption.folder
    go_on = f"Go on with: clipperf {verb} --resume {shlex.quote(str(folder))}"
    click.echo(f"Interrupted; finished rows are in {folder}. {go_on}", err=True)


def print_report(report: FolderReport, format_: str | None, quiet: bool) -> None:
    """The table with its notes under it; with ``--format`` the data alone, the notes on stderr."""
    frame = report.frame
    if format_ == "csv":
        click.echo(csv_text(frame), nl=False)
    elif format_ == "json":
        click.echo(json_text(frame))
    else:
        click.echo(table_text(frame, "github" if format_ == "github" else "plain"))
    if report.notes and not (quiet and format_):
        click.echo(f"\n{report.notes}", err=format_ is not None)
