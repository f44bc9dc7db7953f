"""``clipperf export``: the rows of a run folder in a vendor's own form."""

from __future__ import annotations

from pathlib import Path

import click

from clipperf.cli.common import debug_option, quiet_option
from clipperf.errors import UsageError

FORMS = ("vsx",)


@click.command()
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option("--as", "form", required=True, type=click.Choice(FORMS), help="vsx: VastStreamX's profilers, for VACC.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="New file to write to; default: standard output."
)
@quiet_option
@debug_option
def export(folder: Path, form: str, out: Path | None, quiet: bool) -> None:
    """Print the rows of the run in FOLDER as a vendor's own program prints its results.

    A row that has no such form is left out and told on stderr: one that failed, or of which the form would say
    something else than was measured.
    """
    from clipperf.cli.output import new_file
    from clipperf.report.folder_report import read_results
    from clipperf.report.vsx_block import vsx_blocks

    found = vsx_blocks(read_results(folder))
    if not found.text:
        raise UsageError("\n".join((f"{folder} has no row that can be told as {form}.", *found.left_out)))
    with new_file(out) as file:
        file.write(found.text)
    if not quiet:
        for sentence in found.left_out:
            click.echo(sentence, err=True)
