"""What ``compare`` and ``ab`` have in common: the flags that put the question, and how the answer is printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from clipperf.cli.common import read_share

if TYPE_CHECKING:
    from clipperf.analysis.compare import Comparison

Function = TypeVar("Function", bound=Callable[..., Any])


def judging_options(function: Function) -> Function:
    """``--metric``, ``--threshold`` and ``--fail-on``."""
    for option in (
        click.option(
            "--fail-on",
            type=click.Choice(["slower"]),
            help="Exit with 3 where B is slower by any metric, else with 4 where the first metric is too noisy to say.",
        ),
        click.option(
            "--threshold",
            default="2%",
            show_default=True,
            metavar="SHARE",
            callback=lambda _context, _option, text: read_share("--threshold", text),
            help="From which difference on it matters, such as 2% or 0.02.",
        ),
        click.option(
            "--metric",
            default="qps,p50,p99",
            show_default=True,
            metavar="NAMES",
            help="Figures to compare, columns of a row; p99 is short for latency_p99_ms.",
        ),
    ):
        function = option(function)
    return function


def names_in(text: str) -> list[str]:
    """The names of a comma list."""
    return [name for name in (part.strip() for part in text.split(",")) if name]


def print_comparison(
    comparison: Comparison, names: tuple[str, str], notes: Sequence[str], format_: str | None, quiet: bool
) -> None:
    """The answer with the notes under it; with ``--format`` the data alone, the notes on stderr."""
    from clipperf.report.comparison import comparison_text
    from clipperf.report.comparison_export import comparison_csv, comparison_json

    if format_ == "csv":
        click.echo(comparison_csv(comparison), nl=False)
    elif format_ == "json":
        click.echo(comparison_json(comparison))
    else:
        click.echo(comparison_text(comparison, names, "github" if format_ == "github" else "plain"))
    told = "\n\n".join(filter(None, notes))
    if told and not (quiet and format_):
        click.echo(f"\n{told}", err=format_ is not None)
