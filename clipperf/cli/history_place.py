"""What the verbs of ``clipperf history`` have in common: which history, and dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from clipperf.history.database import History

Function = TypeVar("Function", bound=Callable[..., Any])
DAY = click.DateTime(["%Y-%m-%d"])


def place_option(function: Function) -> Function:
    """``--history`` of verbs that are about one: there always is one."""
    help_text = "A file or a URL; default: CLIPPERF_HISTORY, else reports/history.sqlite."
    return click.option("--history", "place", metavar="URL", help=help_text)(function)


def existing_history(place: str | None) -> History:
    """The history that ``--history`` names or implies; raises UsageError where there is none yet."""
    from clipperf.history.address import address_or_default
    from clipperf.history.database import open_existing_history

    return open_existing_history(address_or_default(place))


def date_of(given: datetime | None) -> date | None:
    """The date of an option of type ``DAY``."""
    return None if given is None else given.date()
