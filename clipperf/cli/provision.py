"""``clipperf provision``: how many devices, and in which configuration, a mix of images and texts takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clipperf.cli import CASE_FAILED, FINE, INTERRUPTED
from clipperf.cli.common import debug_option, format_option, quiet_option, run_folder_options
from clipperf.cli.provision_flags import given_flags, provision_flags, wanted_of
from clipperf.errors import Interrupted, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clipperf.analysis.provision_answer import Answer
    from clipperf.analysis.provision_wanted import Wanted
    from clipperf.search.colocate import Lengths

_PAIRS = 2


@click.command()
@provision_flags
@click.option("--colocate", is_flag=True, help="Measure both towers at once on one device, and share devices.")
@click.option("--pairs", type=click.IntRange(min=1), help=f"How often alone and at once.  [default: {_PAIRS}]")
@click.option(
    "--duration",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Window of each of these; default: as long as 400 requests of the slower tower take.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["missed"]),
    help="Exit with 3 where a tower cannot meet its objective, with 4 where nobody knows.",
)
@run_folder_options
@format_option
@quiet_option
@debug_option
def provision(
    colocate: bool,
    pairs: int | None,
    duration: float | None,
    fail_on: str | None,
    out: Path | None,
    resume: Path | None,
    format_: str | None,
    quiet: bool,
    **flags: Any,
) -> int:
    """Plan both towers: batch, instances and devices for a rate of images and texts, from measured curves.

    \b
    clipperf sweep --model vision,text --batch 1,4,8,16,32 --iterations 400 --out towers
    clipperf provision --vision towers --text towers --images-per-s 200 --prompts-per-image 5 \\
        --vision-slo "p99<=500ms" --text-slo "p99<=200ms"

    ROWS is a run folder, or a file of rows as --format csv writes them. Response is what an image or text waits when
    they arrive at random: for its batch to fill, for a free device, and for its answer. Either tower may be left out.
    """  # noqa: D301 (click wants the backspace character itself)
    from clipperf.analysis.provision_answer import gate
    from clipperf.analysis.provision_wanted import make_answer
    from clipperf.cli.output import say_how_to_go_on
    from clipperf.report.folder_report import write_report
    from clipperf.results.schema import FAILURES
    from clipperf.search.colocate import Lengths, answer_in

    if resume is not None:
        others = {**flags, "colocate": colocate, "pairs": pairs, "duration": duration, "out": out}
        if given := given_flags(others):
            raise UsageError(f"--resume {resume} goes on with what is stored there; leave out {', '.join(given)}.")
    elif not colocate:
        if given := given_flags({"pairs": pairs, "duration": duration, "out": out}):
            raise UsageError(f"{', '.join(given)}: nothing is measured without --colocate; leave it out, or give that.")
        answer = make_answer(wanted_of(flags))
        _print(answer, "", format_, quiet)
        return gate(answer) if fail_on else FINE
    try:
        folder, wanted = _measure(resume, out, flags, Lengths(pairs or _PAIRS, duration), quiet)
    except Interrupted as interruption:
        say_how_to_go_on("provision", interruption)
        return INTERRUPTED
    answer, report = answer_in(folder, wanted), write_report(folder)
    _print(answer, report.notes, format_, quiet)
    if not quiet:
        click.echo(f"\nRun folder: {folder}", err=True)
    if report.frame["status"].isin(FAILURES).any():
        return CASE_FAILED
    return gate(answer) if fail_on else FINE


def _measure(
    resume: Path | None, out: Path | None, flags: Mapping[str, Any], lengths: Lengths, quiet: bool
) -> tuple[Path, Wanted]:
    """Measures both towers at once, or goes on with the run folder ``resume``."""
    from clipperf.cli.progress import make_display
    from clipperf.search.colocate import resume_colocated, start_colocated

    if resume is not None:
        with make_display(quiet) as display:
            return resume_colocated(resume, display)
    wanted = wanted_of(flags)
    with make_display(quiet) as display:
        return start_colocated(wanted, lengths, out, display), wanted


def _print(answer: Answer, notes_of_rows: str, format_: str | None, quiet: bool) -> None:
    """The plan with the notes under it; with ``--format`` the data alone, the notes on stderr."""
    from clipperf.report.provision_export import provision_csv, provision_json
    from clipperf.report.provision_notes import provision_notes
    from clipperf.report.provision_report import provision_text

    if format_ == "csv":
        click.echo(provision_csv(answer), nl=False)
    elif format_ == "json":
        click.echo(provision_json(answer))
    else:
        click.echo(provision_text(answer, "github" if format_ == "github" else "plain"))
    notes = "\n\n".join(filter(None, [*provision_notes(answer), notes_of_rows]))
    if not (quiet and format_):
        click.echo(f"\n{notes}", err=format_ is not None)
