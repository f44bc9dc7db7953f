"""``clipperf history rebuild`` and ``prune``: run folders into the history, and old nights out of it."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import click

from clipperf.cli import CASE_FAILED, FINE
from clipperf.cli.common import debug_option, quiet_option
from clipperf.cli.history_place import DAY, date_of, existing_history, place_option
from clipperf.errors import UsageError


@click.command()
@click.argument("places", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--night", type=DAY, metavar="DATE", help="Mark the run folders as that night's; one night at a time.")
@place_option
@quiet_option
@debug_option
def rebuild(places: tuple[Path, ...], night: datetime | None, place: str | None, quiet: bool) -> int:
    """Put every run of FOLDER... into the history; a run that it has already becomes what its folder holds now.

    FOLDER is a run folder, or a folder of them such as reports. `clipperf history rebuild reports` makes a lost history
    again; annotations and acknowledgements, which no run folder has, come from a backup only.
    """
    from clipperf.history.adding import add_run
    from clipperf.history.address import address_or_default
    from clipperf.history.database import open_history
    from clipperf.history.entry import read_entry, run_folders
    from clipperf.results.night import mark_night

    folders = list(run_folders(places))
    address = address_or_default(place)
    left_out = 0
    with open_history(address) as history:
        for folder in folders:
            try:
                entry = read_entry(folder)
                if night is not None:
                    mark_night(folder, night.date())
                    entry = replace(entry, night=night.date(), is_nightly=True)
                add_run(history, entry)
            # One folder that cannot be read is no reason to lose the others; a database that takes none is.
            except UsageError as error:
                left_out += 1
                click.echo(f"Error: {error}", err=True)
    if not quiet:
        runs = len(folders) - left_out
        click.echo(f"{runs} {'run' if runs == 1 else 'runs'} put into {address.place}.", err=True)
    return CASE_FAILED if left_out else FINE


@click.command()
@click.option("--before", type=DAY, metavar="DATE", help="Forget the runs before this night.")
@click.option("--keep", type=click.IntRange(min=1), metavar="N", help="Forget all but the last N nights.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@place_option
@quiet_option
@debug_option
def prune(before: datetime | None, keep: int | None, yes: bool, place: str | None, quiet: bool) -> None:
    """Forget old runs, and give their room back to the disk; run folders, annotations and acknowledgements stay."""
    from clipperf.history.pruning import count_before, forget_before
    from clipperf.history.reading import last_nights

    if (before is None) == (keep is None):
        raise UsageError("Say what to forget: either --before DATE, or --keep N for all but the last N nights.")
    with existing_history(place) as history:
        first = date_of(before) or _first_of(last_nights(history, keep or 1))
        old = count_before(history, first)
        what = f"{old.runs:,} {'run' if old.runs == 1 else 'runs'} with {old.rows:,} rows before {first}"
        if not old.runs:
            click.echo(f"Nothing to forget before {first}.", err=True)
            return
        if not yes:
            _ask(f"Forget {what} of {history.place}?")
        forget_before(history, first)
    if not quiet:
        click.echo(f"Forgot {what}.", err=True)


def _ask(question: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Nobody can be asked here; say --yes.")
    click.confirm(question, abort=True, err=True)


def _first_of(nights: list[date]) -> date:
    if not nights:
        raise UsageError("--keep: no run of the history is marked as a night's; give --before DATE.")
    return nights[0]
