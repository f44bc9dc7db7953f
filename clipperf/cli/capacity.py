"""``clipperf capacity``: the highest open-loop rate that meets an objective, and the latency against the rate."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clipperf.cli import CASE_FAILED, FINE, INTERRUPTED
from clipperf.cli.common import debug_option, format_option, quiet_option, run_folder_options
from clipperf.cli.history_option import check_history, history_option, keep_in_history
from clipperf.cli.profile_flags import Keys, flag_of, keys_of_file, keys_of_flags, profile_flags
from clipperf.errors import Interrupted, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clipperf.analysis.capacity import Capacity
    from clipperf.analysis.objective import Objective
    from clipperf.search.capacity_turns import Wanted

_WITHIN, _MOST_CASES = "2%", 40
_WITHOUT = ("repeat", "control", "order", "rate")
"""Keys without meaning here: what is measured when, and at which rate, is chosen by what was found before."""


@click.command()
@click.option("--slo", metavar="OBJECTIVE", help='The objective, such as "p99<=50ms"; needed.')
@click.option("--rate", metavar="LOW:HIGH", help="Offer no rate outside these (requests/s); either may be left out.")
@click.option(
    "--within",
    metavar="SHARE",
    help=f"Stop when the lowest rate not met is within this share of the highest that is.  [default: {_WITHIN}]",
)
@click.option(
    "--max-cases",
    type=click.IntRange(min=2),
    help=f"Most measurements of a configuration.  [default: {_MOST_CASES}]",
)
@click.option(
    "--fail-on",
    type=click.Choice(["missed"]),
    help="Exit with 3 where no rate meets the objective, with 4 where nobody knows.",
)
@click.option("--profile", metavar="NAME", help="A shipped profile by name, or a .yaml file; flags override its keys.")
@partial(profile_flags, leave_out=_WITHOUT)
@run_folder_options
@history_option
@format_option
@quiet_option
@debug_option
def capacity(
    slo: str | None,
    rate: str | None,
    within: str | None,
    max_cases: int | None,
    fail_on: str | None,
    profile: str | None,
    out: Path | None,
    resume: Path | None,
    history: str | None,
    format_: str | None,
    quiet: bool,
    **flags: Any,
) -> int:
    """Find the highest rate of requests that a configuration serves within an objective, arriving at random.

    \b
    clipperf capacity --model vision --slo "p99<=200ms"
    clipperf capacity --model vision --batch 1,4 --slo "p95<=500ms" --max-duration 120

    The closed loop is measured first; then rates are offered whether or not earlier requests came back, until the
    highest that is shown to meet the objective and the lowest that is not are close; then the curve between.
    """  # noqa: D301 (click wants the backspace character itself)
    from clipperf.analysis.capacity import capacities, gate
    from clipperf.cli.output import say_how_to_go_on
    from clipperf.report.folder_report import write_table
    from clipperf.results.frame import records
    from clipperf.results.schema import FAILURES

    keys = keys_of_flags(flags)
    own = {"slo": slo, "rate": rate, "within": within, "max_cases": max_cases}
    if resume is not None:
        others = {**own, "profile": profile, "out": out, **keys.values}
        given = [flag_of(key, value) for key, value in others.items() if value is not None]
        if given:
            raise UsageError(f"--resume {resume} goes on with what is stored there; leave out {', '.join(given)}.")
    address = check_history(history)
    try:
        folder, objective = _measure(resume, out, keys, profile, own, quiet)
    except Interrupted as interruption:
        say_how_to_go_on("capacity", interruption)
        return INTERRUPTED
    report = write_table(folder)
    found = capacities(records(report.frame), objective)
    _print(folder, found, objective, report.notes, format_, quiet)
    kept = keep_in_history(address, folder)
    if report.frame["status"].isin(FAILURES).any() or all(one.most_per_s is None for one in found):
        return CASE_FAILED
    return (gate(found) if fail_on else FINE) or kept


def _measure(
    resume: Path | None, out: Path | None, keys: Keys, file: str | None, own: dict[str, Any], quiet: bool
) -> tuple[Path, Objective]:
    """Measures, or goes on with the run folder ``resume``; ``own`` are the flags that no other verb has."""
    from clipperf.cli.progress import make_display
    from clipperf.search.capacity import check_plan, resume_capacity, start_capacity
    from clipperf.sweeping.planning import make_plan

    if resume is not None:
        with make_display(quiet) as display:
            folder, wanted = resume_capacity(resume, display)
        return folder, wanted.objective
    wanted = _wanted(**own)
    if file is not None:
        keys = keys.over(keys_of_file(file))
    values = {key: value for key, value in keys.values.items() if key not in ("repeat", "control", "order")}
    plan = make_plan(Keys({**values, "control": False, "order": "listed"}, keys.sources).profile())
    check_plan(plan)
    with make_display(quiet) as display:
        return start_capacity(plan, wanted, out, display), wanted.objective


def _wanted(slo: str | None, rate: str | None, within: str | None, max_cases: int | None) -> Wanted:
    from clipperf.analysis.objective import read_objective
    from clipperf.search.capacity_turns import Wanted

    if slo is None:
        raise UsageError('--slo is missing: the objective that is to be met, such as --slo "p99<=50ms".')
    low, high = _bounds(rate)
    return Wanted(read_objective(slo), low, high, _share(within or _WITHIN), max_cases or _MOST_CASES)


def _bounds(text: str | None) -> tuple[float, float]:
    if text is None:
        return 0.0, math.inf
    low, colon, high = text.partition(":")
    try:
        found = float(low or 0), float(high or math.inf)
    except ValueError:
        found = math.nan, math.nan
    if not colon or text == ":" or not 0 <= found[0] < found[1]:
        raise UsageError(
            f"--rate {text}: give the lowest and the highest rate in requests per second, such as 50:400, 50: or :400."
        )
    return found


def _share(text: str) -> float:
    from clipperf.profile.values import as_share

    try:
        share = float(as_share(text))
    except ValueError:
        share = math.nan
    if not 0.001 <= share < 1:
        raise UsageError(f"--within {text}: give a share from 0.1% to below 100%, such as 2%.")
    return share


def _print(
    folder: Path, found: Sequence[Capacity], objective: Objective, rows_notes: str, format_: str | None, quiet: bool
) -> None:
    """The answer with the notes under it; with ``--format`` the data alone, the notes on stderr."""
    from clipperf.cli.output import say_where
    from clipperf.report.capacity_export import capacity_csv, capacity_json
    from clipperf.report.capacity_report import capacity_text, write_capacity

    notes = write_capacity(found, objective, folder, rows_notes)
    if format_ == "csv":
        click.echo(capacity_csv(found, objective), nl=False)
    elif format_ == "json":
        click.echo(capacity_json(found, objective))
    else:
        click.echo(capacity_text(found, objective, "github" if format_ == "github" else "plain"))
    if notes and not (quiet and format_):
        click.echo(f"\n{notes}", err=format_ is not None)
    if not quiet:
        say_where(folder)
