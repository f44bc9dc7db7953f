"""``clipperf compare``: two run folders case by case, or the two sides of one that ``clipperf ab`` wrote."""

from __future__ import annotations

from pathlib import Path

import click

from clipperf.cli.common import debug_option, format_option, quiet_option
from clipperf.cli.judging import judging_options, names_in, print_comparison
from clipperf.errors import UsageError


@click.command()
@click.argument("a", metavar="A", type=click.Path(path_type=Path))
@click.argument("b", metavar="[B]", required=False, type=click.Path(path_type=Path))
@judging_options
@click.option(
    "--across",
    default="",
    metavar="COLUMNS",
    help="What may differ between A and B: axes or circumstances such as runner, host, runner_version, or an option.",
)
@click.option("--unsteady", is_flag=True, help="Let rows of two folders count that were not steady.")
@format_option
@quiet_option
@debug_option
def compare(
    a: Path,
    b: Path | None,
    metric: str,
    threshold: float,
    fail_on: str | None,
    across: str,
    unsteady: bool,
    format_: str | None,
    quiet: bool,
) -> int:
    """Compare run folder B with run folder A, case by case: the ratio B/A of each metric, and what can be said of it.

    \b
    faster     B is better for certain, and by more than the threshold as far as can be told
    slower     the same of A
    same       whatever the difference is, it is below the threshold
    ambiguous  the 95 % interval allows for more than one of these

    Cases are the same where every axis is. Rows of different hosts, versions, models or precisions are refused unless
    --across names what differs. For a folder of `clipperf ab`, give it alone.
    """  # noqa: D301 (click wants the backspace character itself)
    from clipperf.analysis.compare import compare as compare_sides
    from clipperf.analysis.compare import compare_in_turn
    from clipperf.analysis.compare_case import Question
    from clipperf.analysis.compare_folder import side_of, sides_of
    from clipperf.analysis.compare_gate import gate
    from clipperf.analysis.compare_verdict import read_metrics
    from clipperf.report.comparison_notes import comparison_notes
    from clipperf.results.environment import changes_between
    from clipperf.results.folder import ENVIRONMENT, read_json

    question = Question(read_metrics(names_in(metric)), threshold, frozenset(names_in(across)), with_unsteady=unsteady)
    if b is None:
        if across:
            raise UsageError(f"--across {across}: the sides of {a} differ as they were told to; leave it out.")
        comparison = compare_in_turn(*sides_of(a), question)
        names, changes = ("", ""), []
    else:
        comparison = compare_sides(side_of(a), side_of(b), question)
        changes = changes_between(read_json(a / ENVIRONMENT), read_json(b / ENVIRONMENT))
        names = (str(a), str(b))
    print_comparison(comparison, names, [comparison_notes(comparison, changes)], format_, quiet)
    return gate(comparison) if fail_on else 0
