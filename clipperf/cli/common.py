"""Options that mean the same in every verb."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from clipperf.errors import UsageError

FORMATS = ("plain", "github", "csv", "json")
Function = TypeVar("Function", bound=Callable[..., Any])


def format_option(function: Function) -> Function:
    """``--format``: data of that form on stdout, everything else on stderr."""
    help_text = "Write only data to stdout, in this form; csv and json have every column."
    return click.option("--format", "format_", type=click.Choice(FORMATS), help=help_text)(function)


def run_folder_options(function: Function) -> Function:
    """``--out`` and ``--resume`` of the verbs that measure."""
    folder = click.Path(path_type=Path)
    for option in (
        click.option("--resume", type=folder, metavar="DIR", help="Go on with a run folder."),
        click.option("--out", type=folder, metavar="DIR", help="Run folder; default: reports/<time>-<what>."),
    ):
        function = option(function)
    return function


def quiet_option(function: Function) -> Function:
    """``--quiet``: nothing on stderr but errors."""
    return click.option("--quiet", is_flag=True, help="Say nothing on stderr but errors.")(function)


def debug_option(function: Function) -> Function:
    """``--debug``: read by the translator of errors, from the command line itself."""
    return click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")(function)


def read_share(flag: str, text: str) -> float:
    """The share in a text such as 2% or 0.02; raises UsageError for anything that does not lie between 0 and 1."""
    percent = text.strip().endswith("%")
    try:
        share = float(text.strip().removesuffix("%")) / (100 if percent else 1)
    except ValueError:
        share = -1.0
    if not 0 < share < 1:
        raise UsageError(f"{flag} {text}: give a share between 0 and 1, such as 2% or 0.02.")
    return share
