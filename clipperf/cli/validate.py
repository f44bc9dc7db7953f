"""``clipperf validate``: the profiler held against devices whose answer is known, on the user's own machine."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from clipperf.cli.common import debug_option, format_option, quiet_option
from clipperf.errors import UsageError

OUT, TOO_DISTURBED = 3, 4
QUEUES, QUEUES_WHAT = "queues", "M/D/1, M/M/1 and M/M/4 at 50, 80 and 95 % load in virtual time, against closed forms"


@click.command()
@click.option("--only", multiple=True, metavar="NAME", help="Only this scenario; give it again for more.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the runs; default: in reports/.")
@click.option("--list", "list_", is_flag=True, help="Print the scenarios and measure nothing.")
@format_option
@quiet_option
@debug_option
def validate(only: tuple[str, ...], out: Path | None, list_: bool, format_: str | None, quiet: bool) -> int:
    """Measure simulated devices of known answer and print truth, measured, error and allowed.

    Exit code 3 where a figure is out, 4 where the machine was too disturbed to say.
    """
    from clipperf.cli.progress import make_display
    from clipperf.report.records import records_text
    from clipperf.report.validation_table import validation_records
    from clipperf.validation.queues import queue_checks
    from clipperf.validation.run import validate as validate_scenario
    from clipperf.validation.scenarios import SCENARIOS

    known = {**{scenario.name: scenario.what for scenario in SCENARIOS}, QUEUES: QUEUES_WHAT}
    unknown = sorted(set(only) - set(known))
    if unknown:
        raise UsageError(f"--only {', '.join(unknown)}: there is no such scenario; take one of {', '.join(known)}.")
    chosen = [scenario for scenario in SCENARIOS if not only or scenario.name in only]
    if list_:
        records = [{"scenario": name, "what": what} for name, what in known.items() if not only or name in only]
        click.echo(records_text(records, format_ or "plain"), nl=format_ != "csv")
        return 0
    folder = out or Path("reports") / f"{datetime.now():%Y%m%d-%H%M%S}-validate"
    verdicts = []
    for scenario in chosen:
        with make_display(quiet) as display:
            display.note(f"{scenario.name}: {scenario.what}")
            verdicts.append(validate_scenario(scenario, folder, display, display.note))
    virtual = list(queue_checks()) if not only or QUEUES in only else []
    records = validation_records([*(check for verdict in verdicts for check in verdict.checks), *virtual])
    click.echo(records_text(records, format_ or "plain"), nl=format_ != "csv")
    wrong = [QUEUES] if any(not check.holds for check in virtual) else []
    wrong += [verdict.scenario.name for verdict in verdicts if not verdict.holds and not verdict.is_open]
    unsaid = [verdict.scenario.name for verdict in verdicts if verdict.is_open]
    if not quiet:
        click.echo(f"\n{_sentence(wrong, unsaid, len(records))} Runs: {folder}", err=True)
    return OUT if wrong else TOO_DISTURBED if unsaid else 0


def _sentence(wrong: list[str], unsaid: list[str], checks: int) -> str:
    if wrong:
        return f"Out: {', '.join(wrong)}. Do not trust figures from this machine before that is explained."
    if unsaid:
        return f"Too disturbed to say: {', '.join(unsaid)}. Try again when the machine is quiet; see clipperf doctor."
    return f"All {checks} figures hold."
