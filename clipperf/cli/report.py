"""``clipperf report``: the table and pictures of run folders again, without a device."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clipperf.cli.common import debug_option, format_option, quiet_option

if TYPE_CHECKING:
    from clipperf.report.folder_report import FolderReport


@click.command()
@click.argument("folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where table and pictures of several run folders go; default: reports/<time>-report.",
)
@format_option
@quiet_option
@debug_option
def report(folders: tuple[Path, ...], out: Path | None, format_: str | None, quiet: bool) -> None:
    """Print the table of the run in FOLDER and draw its pictures again; nothing is measured.

    Several folders give one table and one picture. Rows of different scope, and throughput that was counted or that a
    tool derived, have panels of their own, and no ratio crosses them.
    """
    from datetime import datetime

    from clipperf.cli.output import print_report, say_where
    from clipperf.report.folder_report import write_report
    from clipperf.report.joint_report import write_joint_report
    from clipperf.report.run_page import write_run_page

    if len(folders) == 1 and out is None:
        (target,) = folders
        found = _write_capacity(target) or write_report(target)
        _write_modes(target, found.notes)
        _write_tune(target, found)
    else:
        target = out or Path("reports") / f"{datetime.now():%Y%m%d-%H%M%S}-report"
        found = write_joint_report(folders, target)
    write_run_page(found, folders, target)
    print_report(found, format_, quiet)
    if not quiet:
        say_where(target)


def _write_modes(folder: Path, notes: str) -> None:
    """The answer and the picture of a run of ``clipperf modes``; nothing of any other."""
    from clipperf.analysis.modes_answer import answer_of
    from clipperf.report.modes_report import write_modes
    from clipperf.search.modes import wanted_in

    wanted = wanted_in(folder)
    if wanted is not None:
        write_modes(answer_of(folder, wanted.objective), folder, notes)


def _write_tune(folder: Path, found: FolderReport) -> None:
    """The answer of a run of ``clipperf tune``; nothing of any other."""
    from clipperf.report.tune_report import tune_notes, write_tune
    from clipperf.search.tune import answer_in

    answer = answer_in(folder)
    if answer is not None:
        write_tune(answer, folder, tune_notes(found.frame))


def _write_capacity(folder: Path) -> FolderReport | None:
    """The table, the answer and the picture of a run of ``clipperf capacity``; None for any other."""
    from clipperf.analysis.capacity import capacities
    from clipperf.report.capacity_report import write_capacity
    from clipperf.report.folder_report import write_table
    from clipperf.results.frame import records
    from clipperf.search.capacity import wanted_in

    wanted = wanted_in(folder)
    if wanted is None:
        return None
    report = write_table(folder)
    write_capacity(capacities(records(report.frame), wanted.objective), wanted.objective, folder, report.notes)
    return report
