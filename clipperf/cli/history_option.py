"""``--history`` of the verbs that measure: what they measured goes there too, once it is in its run folder."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from clipperf.cli import CASE_FAILED, FINE
from clipperf.errors import ClipperfError

if TYPE_CHECKING:
    from clipperf.history.address import Address

Function = TypeVar("Function", bound=Callable[..., Any])


def history_option(function: Function) -> Function:
    """``--history`` of a verb that writes to a history only where one is configured."""
    help_text = "Put the rows into this history as well: a file, or postgresql+psycopg://USER@HOST/DATABASE."
    return click.option("--history", metavar="URL", help=help_text)(function)


def check_history(given: str | None) -> Address | None:
    """The history that ``--history`` or the environment names, None without one.

    It is opened for writing once, before anything is measured: raises UsageError or HistoryError where that cannot be.
    """
    from clipperf.history.address import configured_address
    from clipperf.history.database import open_history

    address = configured_address(given)
    if address is not None:
        with open_history(address) as history, history.writing():
            pass
    return address


def keep_in_history(address: Address | None, folder: Path) -> int:
    """Puts the rows of a finished run folder into the history; the exit code, 1 where that failed, which is told."""
    if address is None:
        return FINE
    from clipperf.history.adding import add_run
    from clipperf.history.database import open_history
    from clipperf.history.entry import read_entry

    try:
        with open_history(address) as history:
            add_run(history, read_entry(folder))
    except ClipperfError as error:
        add = f"clipperf history rebuild {shlex.quote(str(folder))}"
        click.echo(f"Error: {error} The rows are safe in {folder}; then add them with: {add}", err=True)
        return CASE_FAILED
    return FINE
