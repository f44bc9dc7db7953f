"""``clipperf history annotate`` and ``acknowledge``: what people know, beside what was measured."""

from __future__ import annotations

import getpass
from datetime import datetime

import click

from clipperf.cli.common import debug_option
from clipperf.cli.history_place import DAY, existing_history, place_option


@click.command()
@click.argument("night", type=DAY, metavar="DATE")
@click.argument("text", metavar="TEXT")
@click.option("--series", metavar="SERIES", help="Of this series only; default: of all.")
@place_option
@debug_option
def annotate(night: datetime, text: str, series: str | None, place: str | None) -> None:
    """Write TEXT to the night of DATE, such as "driver 24.1" or "fan replaced"; the page shows it there."""
    from clipperf.history.naming import find_series
    from clipperf.history.notes import annotate as write_to_night

    with existing_history(place) as history:
        key = None if series is None else find_series(history, series)
        write_to_night(history, night.date(), _said(text), _author(), key)


@click.command()
@click.argument("series", metavar="SERIES")
@click.option("--metric", required=True, metavar="NAMES", help="Figures that changed, such as qps or qps,p99.")
@click.option("--night", type=DAY, required=True, metavar="DATE", help="First night of the new level.")
@click.option("--why", default="", metavar="TEXT", help="What it came from.")
@click.option("--withdraw", is_flag=True, help="Take the acknowledgement back.")
@place_option
@debug_option
def acknowledge(series: str, metric: str, night: datetime, why: str, withdraw: bool, place: str | None) -> None:
    """Say that a change of SERIES is known, so that the nights after it stay silent about it."""
    from clipperf.analysis.compare_verdict import read_metrics
    from clipperf.cli.judging import names_in
    from clipperf.errors import UsageError
    from clipperf.history import notes
    from clipperf.history.naming import find_series

    metrics = read_metrics(names_in(metric))
    with existing_history(place) as history:
        key = find_series(history, series)
        for one in metrics:
            point = notes.ChangePoint(key, one.column, night.date())
            if not withdraw:
                notes.acknowledge(history, point, why, _author())
            elif not notes.withdraw(history, point):
                raise UsageError(f"--withdraw: {one.column} of {key} has no acknowledgement at {night:%Y-%m-%d}.")


def _said(text: str) -> str:
    from clipperf.errors import UsageError

    if not text.strip():
        raise UsageError('The text is empty; say what happened, such as "driver 24.1".')
    return text


def _author() -> str:
    try:
        return getpass.getuser()
    # A container's user may have no name.
    except (KeyError, OSError):
        return ""
