"""``clipperf tune``: the best point of a grid, found with few and short measurements and measured again in turn."""

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
    from clipperf.analysis.tune_answer import TuneAnswer
    from clipperf.search.tune_wanted import Wanted
    from clipperf.sweeping.display import Display
    from clipperf.sweeping.planning import Plan

_PAIRS = 3
_OBJECTIVES = ("qps", "p99", "energy", "qps_per_watt")
_WITHOUT = ("repeat", "control", "rate", "arrival")
"""Keys without meaning here: the search repeats what needs it, in a closed loop."""


@click.command()
@click.option(
    "--objective",
    type=click.Choice(_OBJECTIVES),
    help="What to make best: most qps or qps_per_watt, least p99 or energy a sample.  [default: qps]",
)
@click.option(
    "--constraint",
    "constraints",
    multiple=True,
    metavar="LIMIT",
    help='What has to hold besides, such as "p99<=50ms" or "device_memory<=8GB"; may be given again.',
)
@click.option("--budget", metavar="BUDGET", help="At most so much: 10min, 2h or 40cases, all included.")
@click.option(
    "--pairs", type=click.IntRange(min=2), help=f"How often the answer is measured again.  [default: {_PAIRS}]"
)
@click.option(
    "--fail-on",
    type=click.Choice(["missed"]),
    help="Exit with 3 where no point holds the constraints, with 4 where nobody knows.",
)
@click.option("--profile", metavar="NAME", help="A shipped profile by name, or a .yaml file; flags override its keys.")
@partial(profile_flags, leave_out=_WITHOUT)
@run_folder_options
@history_option
@format_option
@quiet_option
@debug_option
def tune(
    objective: str | None,
    constraints: tuple[str, ...],
    budget: str | None,
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
    """Find the best point of a grid with far fewer and shorter measurements than the grid has.

    \b
    clipperf tune --model vision --batch 1,2,4,8,16,32 --option intra_op_num_threads=1,2,4
    clipperf tune --model vision --objective qps --constraint "p99<=200ms" --budget 10min

    Every axis counts: --batch, --instances, --queue-depth, several --device or --precision, any --option of several
    values. The first value of each makes the default configuration, with which the answer is compared.
    """  # noqa: D301 (click wants the backspace character itself)
    from clipperf.analysis.tune_answer import gate
    from clipperf.cli.output import say_how_to_go_on
    from clipperf.report.folder_report import write_report
    from clipperf.results.schema import FAILURES

    keys = keys_of_flags(flags)
    if resume is not None:
        others: dict[str, Any] = {
            "objective": objective,
            "constraint": constraints or None,
            "budget": budget,
            "pairs": pairs,
        }
        others |= {"profile": profile, "out": out, **keys.values}
        given = [flag_of(key, value) for key, value in others.items() if value is not None]
        if given:
            raise UsageError(f"--resume {resume} goes on with what is stored there; leave out {', '.join(given)}.")
    elif fail_on and not constraints:
        raise UsageError('--fail-on missed needs a constraint that may be missed, such as --constraint "p99<=50ms".')
    address = check_history(history)
    try:
        if resume is not None:
            folder, answer = _go_on(resume, quiet)
        else:
            from clipperf.search.tune_wanted import make_wanted

            wanted = make_wanted(objective or _OBJECTIVES[0], constraints, budget, pairs or _PAIRS)
            folder, answer = _measure(out, keys, profile, wanted, quiet)
    except Interrupted as interruption:
        say_how_to_go_on("tune", interruption)
        return INTERRUPTED
    report = write_report(folder)
    _print(folder, answer, format_, quiet)
    kept = keep_in_history(address, folder)
    if report.frame["status"].isin(FAILURES).any() or not answer.finals:
        return CASE_FAILED
    return (gate(answer) if fail_on else FINE) or kept


def _go_on(folder: Path, quiet: bool) -> tuple[Path, TuneAnswer]:
    from clipperf.cli.progress import make_display
    from clipperf.search.tune import resume_tune

    with make_display(quiet) as display:
        return resume_tune(folder, display)


def _measure(out: Path | None, keys: Keys, file: str | None, wanted: Wanted, quiet: bool) -> tuple[Path, TuneAnswer]:
    from clipperf.cli.progress import make_display
    from clipperf.search.tune import start_tune

    with make_display(quiet) as display:
        return start_tune(_plan(keys, file, display), wanted, out, display)


def _plan(keys: Keys, file: str | None, display: Display) -> Plan:
    """That of the axes given, or of a default grid, which is told."""
    from clipperf.search.default_grid import is_grid_given
    from clipperf.search.tune_grid import tune_grid
    from clipperf.search.tune_wanted import check_profile
    from clipperf.sweeping.planning import make_plan

    if file is not None:
        keys = keys.over(keys_of_file(file))
    values = {key: value for key, value in keys.values.items() if key not in ("repeat", "control")}
    profile = Keys({**values, "control": False}, keys.sources).profile()
    check_profile(profile)
    if is_grid_given(values, profile) or len(profile.precision) > 1:
        return make_plan(profile)
    # A filter may name what only the default grid has; so the first plan, which asks the runner, goes without.
    grid = tune_grid(profile, make_plan(profile.model_copy(update={"where": None})).facts)
    display.note(f"No axes were given; taken is {grid.why}. Others by --batch, --instances, --queue-depth, --option.")
    return make_plan(profile.model_copy(update=dict(grid.keys)))


def _print(folder: Path, answer: TuneAnswer, format_: str | None, quiet: bool) -> None:
    """The answer with the notes on the rows behind it; with ``--format`` the data alone, the notes on stderr."""
    from clipperf.cli.output import say_where
    from clipperf.report.tune_export import tune_csv, tune_json
    from clipperf.report.tune_report import tune_notes, tune_text, write_tune
    from clipperf.results.folder import RESULTS
    from clipperf.results.frame import read_rows

    notes = tune_notes(read_rows(folder / RESULTS))
    write_tune(answer, folder, notes)
    if format_ == "csv":
        click.echo(tune_csv(answer), nl=False)
    elif format_ == "json":
        click.echo(tune_json(answer))
    else:
        click.echo(tune_text(answer, "github" if format_ == "github" else "plain"))
    if notes and not (quiet and format_):
        click.echo(f"\n{notes}", err=format_ is not None)
    if not quiet:
        say_where(folder)
