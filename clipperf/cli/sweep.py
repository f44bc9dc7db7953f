"""``clipperf sweep``: the flags are the keys of a profile, and are judged together with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from clipperf.cli import CASE_FAILED, FINE, INTERRUPTED
from clipperf.cli.common import debug_option, format_option, quiet_option, run_folder_options
from clipperf.cli.history_option import check_history, history_option, keep_in_history
from clipperf.cli.profile_flags import flag_of, keys_of_file, keys_of_flags, profile_flags
from clipperf.errors import Interrupted, UsageError
from clipperf.profile import Profile


@click.command()
@click.option("--profile", metavar="NAME", help="A shipped profile by name, or a .yaml file; flags override its keys.")
@profile_flags
@run_folder_options
@history_option
@click.option("--list", "list_", is_flag=True, help="Print the plan and measure nothing.")
@format_option
@quiet_option
@debug_option
def sweep(
    profile: str | None,
    out: Path | None,
    resume: Path | None,
    history: str | None,
    list_: bool,
    format_: str | None,
    quiet: bool,
    **flags: Any,
) -> int:
    """Measure a model over a grid of batch sizes, instances, queue depths, devices, precisions and runner options.

    Axes take comma lists, such as --batch 1,4,8. Every case runs in worker processes of its own; whatever one does, the
    others are measured, and every finished row is kept.
    """
    from clipperf.sweeping.planning import make_plan

    keys = keys_of_flags(flags)
    if resume is not None:
        refused = {"profile": profile, "out": out, "list": list_ or None, **keys.values}
        others = [flag_of(key, value) for key, value in refused.items() if value is not None]
        if others:
            raise UsageError(f"--resume {resume} goes on with the profile stored there; leave out {', '.join(others)}.")
        return _measure(resume, None, history, format_, quiet)
    if profile is not None:
        keys = keys.over(keys_of_file(profile))
    if list_:
        _print_plan(make_plan(keys.profile()), format_, quiet)
        return FINE
    return _measure(out, keys.profile(), history, format_, quiet)


def _print_plan(plan: Any, format_: str | None, quiet: bool) -> None:
    import json

    from clipperf.report.records import records_text

    records = [
        {
            "case_id": case.case_id,
            "repeat": repeat,
            **case.identity,
            "options": json.dumps(case.identity["options"], sort_keys=True),
        }
        for repeat in range(plan.profile.repeat)
        for case in plan.cases
    ]
    click.echo(records_text(records, format_ or "plain"), nl=format_ != "csv")
    if not quiet:
        click.echo(f"{len(records)} {'row' if len(records) == 1 else 'rows'} would be measured.", err=True)


def _measure(path: Path | None, profile: Profile | None, history: str | None, format_: str | None, quiet: bool) -> int:
    """Runs or resumes (where ``profile`` is None), prints the table and gives the exit code."""
    from clipperf.cli.output import print_report, say_how_to_go_on, say_where
    from clipperf.cli.progress import make_display
    from clipperf.report.folder_report import write_report
    from clipperf.results.schema import FAILURES
    from clipperf.sweeping.planning import make_plan
    from clipperf.sweeping.run import resume_sweep, start_sweep

    address = check_history(history)
    try:
        with make_display(quiet) as display:
            if profile is None:
                assert path is not None
                folder = resume_sweep(path, display)
            else:
                folder = start_sweep(make_plan(profile), path, display)
    except Interrupted as interruption:
        say_how_to_go_on("sweep", interruption)
        return INTERRUPTED
    found = write_report(folder)
    print_report(found, format_, quiet)
    if not quiet:
        say_where(folder)
    kept = keep_in_history(address, folder)
    return CASE_FAILED if found.frame["status"].isin(FAILURES).any() else kept
