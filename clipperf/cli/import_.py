"""``clipperf import``: logs that a vendor's program wrote elsewhere become a run folder."""

from __future__ import annotations

from pathlib import Path

import click

from clipperf.cli.common import debug_option, format_option, quiet_option
from clipperf.cli.history_option import check_history, history_option, keep_in_history
from clipperf.errors import UsageError


def _known(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """The name of a log format; the table of them is read only when a name is judged."""
    from clipperf.importing.formats import FORMATS

    if value not in FORMATS:
        raise click.BadParameter(f"clipperf reads logs of {', '.join(FORMATS)}, not of {value}.", context, parameter)
    return value


@click.command("import")
@click.argument("log_format", metavar="FORMAT", callback=_known)
@click.argument("names", metavar="FILE...", nargs=-1, required=True)
@click.option("--model", default="", metavar="NAME", help="Catalogue name, or the model file with {batch} in its name.")
@click.option("--batch", default="", metavar="SIZES", help="Batch size; several where {batch} stands in FILE.")
@click.option("--precision", default="", metavar="NAME", help="Precision that ran, such as fp16.")
@click.option("--device", default="", metavar="IDS", help="Device, or devices such as 0,1.")
@click.option("--instances", type=click.IntRange(min=1), metavar="N", help="Loaded copies of the model per device.")
@click.option("--queue-depth", type=click.IntRange(min=1), metavar="N", help="Requests in flight per instance.")
@click.option("--option", multiple=True, metavar="KEY=VALUE", help="Runner option with which was measured.")
@click.option("--host", default="", metavar="NAME", help="Host on which was measured.")
@click.option("--runner-version", default="", metavar="TEXT", help="Version of the program that measured.")
@click.option("--driver-version", default="", metavar="TEXT", help="Version of the device's driver.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Run folder; default: reports/<time>-imported-<what>."
)
@history_option
@format_option
@quiet_option
@debug_option
def import_(
    log_format: str,
    names: tuple[str, ...],
    batch: str,
    option: tuple[str, ...],
    out: Path | None,
    history: str | None,
    format_: str | None,
    quiet: bool,
    **known: str | int | None,
) -> int:
    """Make a run folder of logs and summaries that a vendor's program wrote elsewhere; nothing is measured.

    FORMAT is the program: a tool of clipperf runners, such as ais_bench or mm_run, or torch_aie for its perf_test.py.
    A FILE is what the program printed, or a summary that it wrote; - is standard input. {batch} in FILE stands for
    each size of --batch. A file may hold several measurements; the same case again becomes its next repeat, and a
    summary joins the log with the same figures.

    The flags say what a log cannot know. What neither says stays empty; a flag that contradicts the log is refused.
    """
    from clipperf.cli.output import print_report, say_where
    from clipperf.importing.told import Told
    from clipperf.importing.writing import read_logs, write_folder
    from clipperf.report.folder_report import write_report

    told = Told(options=_options(option), **known)  # type: ignore[arg-type]
    imported = read_logs(log_format, names, _sizes(batch), told)
    address = check_history(history)
    folder = write_folder(imported, out)
    print_report(write_report(folder), format_, quiet)
    if imported.hint and not quiet:
        click.echo(f"\n{imported.hint}", err=True)
    if not quiet:
        say_where(folder)
    return keep_in_history(address, folder)


def _sizes(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")] if text else []
    if not all(part.isascii() and part.isdigit() and 0 < int(part) < 10**9 for part in parts):
        raise UsageError(f"--batch {text}: give batch sizes from 1 on, such as 8 or 1,4,8.")
    return [int(part) for part in parts]


def _options(given: tuple[str, ...]) -> dict[str, object]:
    from clipperf.profile.values import as_pairs, read_scalar

    try:
        return {key: read_scalar(text) for key, text in as_pairs(list(given)).items()}
    except ValueError as error:
        raise UsageError(f"--option {' --option '.join(given)}: give {error}.") from None
