"""``clipperf report``: a run folder's table and pictures again, without a device."""

from __future__ import annotations

from pathlib import Path

import click

from clipperf.cli.common import debug_option, format_option, quiet_option


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@format_option
@quiet_option
@debug_option
def report(folder: Path, format_: str | None, quiet: bool) -> None:
    """Print the table of the run in FOLDER and draw its curves again; nothing is measured."""
    from clipperf.cli.output import print_report, say_where
    from clipperf.report.folder_report import write_report

    found = write_report(folder)
    print_report(found, format_, quiet)
    if not quiet:
        say_where(folder)
