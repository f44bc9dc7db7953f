"""``clipperf history``: the group of its verbs, and those that only read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from clipperf.cli.common import debug_option, format_option
from clipperf.cli.history_place import DAY, date_of, existing_history, place_option


class HistoryVerbs(click.Group):
    """Its verbs stand in files of their own, imported when one of them is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which one meets them."""
        return ["list", "show", "export", "annotate", "acknowledge", "prune", "rebuild"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command."""
        from clipperf.cli import history_keeping, history_notes

        others = {
            "annotate": history_notes.annotate,
            "acknowledge": history_notes.acknowledge,
            "prune": history_keeping.prune,
            "rebuild": history_keeping.rebuild,
        }
        return others.get(cmd_name) or super().get_command(ctx, cmd_name)


@click.group(cls=HistoryVerbs)
@debug_option
def history() -> None:
    """All rows of all runs in one database: look at series over the nights, annotate them, keep it small."""


@history.command("list")
@click.argument("what", type=click.Choice(["runs", "series", "annotations", "acknowledgements"]), default="runs")
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="Only the last N runs.")
@place_option
@format_option
@debug_option
def list_(what: str, last: int | None, place: str | None, format_: str | None) -> None:
    """List the runs of the history, oldest first, or its series, its annotations or its acknowledged change points."""
    from clipperf.errors import UsageError
    from clipperf.history.notes import read_acknowledgements, read_annotations
    from clipperf.history.reading import Wanted, read_runs, read_series
    from clipperf.report.history_tables import runs_text, series_text, texts_text

    if last is not None and what != "runs":
        raise UsageError(f"--last {last} takes the last runs; leave it out with {what}.")
    style = format_ or "plain"
    with existing_history(place) as opened:
        if what == "runs":
            runs = read_runs(opened, Wanted(with_other_runs=True))
            text = runs_text(runs if last is None else runs.tail(last), style)
        elif what == "series":
            text = series_text(read_series(opened), style)
        else:
            text = texts_text((read_annotations if what == "annotations" else read_acknowledgements)(opened), style)
    click.echo(text, nl=style != "csv")


@history.command()
@click.argument("series", metavar="SERIES")
@click.option("--metric", default="qps,p50,p99", show_default=True, metavar="NAMES", help="Figures to show.")
@click.option("--since", type=DAY, metavar="DATE", help="From this night on.")
@place_option
@format_option
@debug_option
def show(series: str, metric: str, since: datetime | None, place: str | None, format_: str | None) -> None:
    """Show a series run by run: the middle of its repeats, what changed around it and what was written about it.

    SERIES is the key that `clipperf history list series` prints, or how it begins.
    """
    from clipperf.analysis.compare_verdict import read_metrics
    from clipperf.analysis.story import story_of
    from clipperf.cli.judging import names_in
    from clipperf.history.naming import find_series
    from clipperf.history.notes import read_acknowledgements, read_annotations
    from clipperf.history.reading import Wanted, read_circumstances, read_figures, read_series
    from clipperf.report.history_tables import series_caption, story_text

    metrics = read_metrics(names_in(metric))
    columns = [one.column for one in metrics]
    with existing_history(place) as opened:
        key = find_series(opened, series)
        rows = read_figures(opened, columns, Wanted(date_of(since), series=[key], with_other_runs=True))
        annotations, known = read_annotations(opened), read_acknowledgements(opened)
        around, axes = read_circumstances(opened), read_series(opened, [key])
    story = story_of(
        rows,
        columns,
        around,
        annotations[annotations["series"].isna() | (annotations["series"] == key)],
        known[known["series"] == key],
    )
    style = format_ or "plain"
    if format_ is None:
        click.echo(f"{series_caption(axes)}\n")
    click.echo(story_text(story, {one.column: one.heading for one in metrics}, style), nl=style != "csv")


@history.command()
@click.option("--series", multiple=True, metavar="SERIES", help="Only this series; may be given again.")
@click.option("--run", "run", multiple=True, metavar="RUN", help="Only this run, by name or key; may be given again.")
@click.option("--since", type=DAY, metavar="DATE", help="From this night on.")
@click.option("--until", type=DAY, metavar="DATE", help="Up to this night.")
@click.option("--format", "format_", type=click.Choice(["csv", "json"]), default="csv", show_default=True, help="Form.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="New file; default: standard output.")
@place_option
@debug_option
def export(
    series: tuple[str, ...],
    run: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    format_: str,
    out: Path | None,
    place: str | None,
) -> None:
    """Write rows with every column, as their run folders have them: all, or those that the options name."""
    from clipperf.cli.output import new_file
    from clipperf.history.naming import find_run, find_series
    from clipperf.history.reading import Wanted, read_rows_by_run
    from clipperf.report.export_stream import csv_stream, json_stream

    stream = csv_stream if format_ == "csv" else json_stream
    with existing_history(place) as opened, new_file(out) as file:
        wanted = Wanted(
            since=date_of(since),
            until=date_of(until),
            series=[find_series(opened, name) for name in series] or None,
            runs=[find_run(opened, name) for name in run] or None,
            with_other_runs=True,
        )
        for text in stream(read_rows_by_run(opened, wanted)):
            file.write(text)
