"""``clipperf nightly``: all sweeps of a night, judged against the nights before, for cron, systemd and CI."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clipperf.cli import CASE_FAILED, INTERRUPTED
from clipperf.cli.common import debug_option, quiet_option, read_share
from clipperf.errors import HistoryError, Interrupted, ProfileError, UsageError

if TYPE_CHECKING:
    from clipperf.analysis.night_summary import NightSummary
    from clipperf.profile import Profile

_REPORTS = Path("reports") / "nightly"
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE...")
@click.option(
    "--reports",
    type=click.Path(path_type=Path, file_okay=False),
    default=_REPORTS,
    show_default=True,
    metavar="DIR",
    help="Where the nights lie, a folder each.",
)
@click.option("--history", metavar="URL", help="History of all nights; default: reports/history.sqlite.")
@click.option("--date", "night", metavar="DATE", help="The night, such as 2026-11-20; default: today.")
@click.option("--threshold", default="2%", show_default=True, metavar="SHARE", help="The least change that counts.")
@click.option(
    "--control",
    default="tiny-vision",
    show_default=True,
    metavar="MODEL",
    help="A model that never changes, to tell a slow machine from slow code; none leaves it out.",
)
@click.option(
    "--against", metavar="PYTHON", help="Measure what looks slower in turn with this interpreter, of an earlier build."
)
@click.option("--notify", metavar="URL", help="POST the summary as JSON to this address.")
@click.option("--metrics", type=_FILE, metavar="FILE", help="Write tonight's figures here for Prometheus.")
@click.option("--junit", type=_FILE, metavar="FILE", help="Write the verdicts here as JUnit XML.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON and nothing else on stdout.")
@quiet_option
@debug_option
def nightly(
    profiles: tuple[str, ...],
    reports: Path,
    history: str | None,
    night: str | None,
    threshold: str,
    control: str,
    against: str | None,
    notify: str | None,
    metrics: Path | None,
    junit: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Measure every profile, keep the rows in the history, and say what changed since the nights before.

    \b
    clipperf nightly vision-cpu.yaml text-cpu.yaml
    clipperf nightly mine.yaml --history postgresql+psycopg://perf@db/clipperf

    Exit code 0: quiet, also where something is suspected for the first time; 1: a case failed; 3: a regression that has
    lasted for three nights; 4: too noisy to say. A night that was interrupted goes on where it was.
    """  # noqa: D301 (click wants the backspace character itself)
    from clipperf.analysis.night_summary import exit_code
    from clipperf.cli.progress import make_display
    from clipperf.history.address import address_or_default
    from clipperf.history.database import open_history
    from clipperf.nightly.folder import night_folder, only_one
    from clipperf.nightly.night import Plan, measure_night
    from clipperf.nightly.notify import check_address

    day = _date(night)
    if notify is not None:
        check_address(notify)
    plan = Plan(
        night=day,
        profiles=_profiles(profiles),
        control=None if control == "none" else control,
        threshold=read_share("--threshold", threshold),
        history=address_or_default(history),
        against=against,
    )
    with open_history(plan.history) as opened, opened.writing():
        pass  # that it can be written to is found out before anything is measured
    with only_one(reports):
        folder = night_folder(reports, day)
        try:
            with make_display(quiet) as display:
                summary = measure_night(plan, folder, display)
        except Interrupted as interruption:
            click.echo(f"Interrupted: {interruption}; the same command goes on with the night.", err=True)
            return INTERRUPTED
        except HistoryError as error:
            click.echo(f"Error: {error} The rows are safe in {folder}; the same command judges them.", err=True)
            return CASE_FAILED
        _write(summary, folder, metrics, junit)
    _tell(summary, folder, notify, as_json, quiet)
    return exit_code(summary)


def _date(text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--date {text}: give a date such as 2026-11-20.") from None


def _profiles(names: tuple[str, ...]) -> list[Profile]:
    """All of them; raises ProfileError with the problems of every one."""
    from clipperf.cli.profile_flags import keys_of_file

    found: list[Profile] = []
    problems: list[str] = []
    for name in names:
        try:
            found.append(keys_of_file(name).profile())
        except ProfileError as error:
            problems += error.problems
    if problems:
        raise ProfileError(problems)
    return found


def _write(summary: NightSummary, folder: Path, metrics: Path | None, junit: Path | None) -> None:
    from clipperf.report.night_json import night_record
    from clipperf.report.night_junit import night_junit
    from clipperf.report.night_markdown import night_markdown
    from clipperf.report.night_page import write_night_page
    from clipperf.report.open_metrics import open_metrics

    texts = {
        folder / "summary.md": night_markdown(summary),
        folder / "summary.json": json.dumps(night_record(summary), indent=1) + "\n",
        **({} if junit is None else {junit: night_junit(summary)}),
        **({} if metrics is None else {metrics: open_metrics(summary)}),
    }
    for path, text in texts.items():
        # Whoever reads it meanwhile, as Prometheus's collector does, gets the old text or the new one.
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    job = os.environ.get("GITHUB_STEP_SUMMARY")
    if job:
        with open(job, "a", encoding="utf-8") as file:
            file.write(night_markdown(summary))
    write_night_page(summary, folder)


def _tell(summary: NightSummary, folder: Path, notify: str | None, as_json: bool, quiet: bool) -> None:
    from clipperf.nightly.notify import post
    from clipperf.report.night_json import night_record
    from clipperf.report.night_text import night_text

    record = night_record(summary)
    click.echo(json.dumps(record, indent=1) if as_json else night_text(summary))
    if notify is not None:
        problem = post(notify, record)
        if problem:
            click.echo(f"--notify: nobody was told of the night; {problem}.", err=True)
    if not quiet:
        click.echo(f"\nNight: {folder}", err=True)
