"""``clipperf modes``: the max-throughput and the min-latency operating point, found in a grid and measured again."""

from __future__ import annotations

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
    from clipperf.analysis.modes_answer import Answer
    from clipperf.analysis.objective import Objective
    from clipperf.sweeping.display import Display
    from clipperf.sweeping.planning import Plan

_PAIRS = 4
_WITHOUT = ("repeat", "control", "rate", "arrival")
"""Keys without meaning here: what is chosen is measured again, in a closed loop."""


@click.command()
@click.option("--slo", metavar="OBJECTIVE", help='Also the best point under an objective, such as "p99<=50ms".')
@click.option("--pairs", type=click.IntRange(min=2), help=f"How often each is measured again.  [default: {_PAIRS}]")
@click.option(
    "--fail-on",
    type=click.Choice(["missed"]),
    help="Exit with 3 where no point meets the objective, with 4 where nobody knows.",
)
@click.option("--profile", metavar="NAME", help="A shipped profile by name, or a .yaml file; flags override its keys.")
@partial(profile_flags, leave_out=_WITHOUT)
@run_folder_options
@history_option
@format_option
@quiet_option
@debug_option
def modes(
    slo: str | None,
    pairs: int | None,
    fail_on: str | None,
    profile: str | None,
    out: Path | None,
    resume: Path | None,
    history: str | None,
    format_: str | None,
    quiet: bool,
    **flags: Any,
) -> int:
    """Find the operating points of most throughput and of least latency, and measure both again in turn.

    \b
    clipperf modes --model vision
    clipperf modes --model vision --batch 1,4,16 --instances 1,2 --slo "p99<=200ms"

    The grid is that of the flags. Without --batch, --instances, --queue-depth and options of several values it is a
    small one that fits the runner and the machine, and says so. What is told of a mode is its second measurement.
    """  # noqa: D301 (click wants the backspace character itself)
    from clipperf.analysis.modes_answer import answer_of, gate
    from clipperf.cli.output import say_how_to_go_on
    from clipperf.report.folder_report import write_report
    from clipperf.results.schema import FAILURES

    keys = keys_of_flags(flags)
    if resume is not None:
        others = {"slo": slo, "pairs": pairs, "profile": profile, "out": out, **keys.values}
        given = [flag_of(key, value) for key, value in others.items() if value is not None]
        if given:
            raise UsageError(f"--resume {resume} goes on with what is stored there; leave out {', '.join(given)}.")
    elif fail_on and slo is None:
        raise UsageError('--fail-on missed needs the objective that may be missed, such as --slo "p99<=50ms".')
    address = check_history(history)
    try:
        folder, objective = _measure(resume, out, keys, profile, (pairs or _PAIRS, slo), quiet)
    except Interrupted as interruption:
        say_how_to_go_on("modes", interruption)
        return INTERRUPTED
    answer = answer_of(folder, objective)
    report = write_report(folder)
    _print(folder, answer, report.notes, format_, quiet)
    kept = keep_in_history(address, folder)
    if report.frame["status"].isin(FAILURES).any() or not answer.found.choices:
        return CASE_FAILED
    return (gate(answer) if fail_on else FINE) or kept


def _measure(
    resume: Path | None, out: Path | None, keys: Keys, file: str | None, wished: tuple[int, str | None], quiet: bool
) -> tuple[Path, Objective | None]:
    """Measures, or goes on with the run folder ``resume``; ``wished`` are pairs and objective."""
    from clipperf.analysis.objective import read_objective
    from clipperf.cli.progress import make_display
    from clipperf.search.modes import Wanted, resume_modes, start_modes

    if resume is not None:
        with make_display(quiet) as display:
            folder, wanted = resume_modes(resume, display)
        return folder, wanted.objective
    pairs, slo = wished
    wanted = Wanted(pairs, None if slo is None else read_objective(slo))
    with make_display(quiet) as display:
        return start_modes(_plan(keys, file, display), wanted, out, display), wanted.objective


def _plan(keys: Keys, file: str | None, display: Display) -> Plan:
    """That of the grid given, or of a default one, which is told."""
    from clipperf.search.default_grid import default_grid, is_grid_given
    from clipperf.search.modes import check_profile
    from clipperf.sweeping.planning import make_plan

    if file is not None:
        keys = keys.over(keys_of_file(file))
    values = {key: value for key, value in keys.values.items() if key not in ("repeat", "control")}
    profile = Keys({**values, "control": False}, keys.sources).profile()
    check_profile(profile)
    if is_grid_given(values, profile):
        return make_plan(profile)
    # A filter may name what only the default grid has; so the first plan, which asks the runner, goes without.
    grid = default_grid(profile, make_plan(profile.model_copy(update={"where": None})).facts)
    display.note(f"No grid was given; taken is {grid.why}. Others by --batch, --instances, --queue-depth, --option.")
    return make_plan(profile.model_copy(update=dict(grid.keys)))


def _print(folder: Path, answer: Answer, notes_of_rows: str, format_: str | None, quiet: bool) -> None:
    """The answer with the notes under it; with ``--format`` the data alone, the notes on stderr."""
    from clipperf.cli.output import say_where
    from clipperf.report.modes_export import modes_csv, modes_json
    from clipperf.report.modes_report import modes_text, write_modes

    notes = write_modes(answer, folder, notes_of_rows)
    if format_ == "csv":
        click.echo(modes_csv(answer), nl=False)
    elif format_ == "json":
        click.echo(modes_json(answer))
    else:
        click.echo(modes_text(answer, "github" if format_ == "github" else "plain"))
    if notes and not (quiet and format_):
        click.echo(f"\n{notes}", err=format_ is not None)
    if not quiet:
        say_where(folder)
