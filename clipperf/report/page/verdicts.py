"""The verdicts of a night: in words on top of the page, and all of them in a table."""

from __future__ import annotations

import math

from clipperf.analysis.night_summary import NightSummary
from clipperf.analysis.night_verdict import QUIET, VERDICTS, Verdict
from clipperf.report.night_sentences import HEADINGS, series_text, stories
from clipperf.report.number import DASH, figure
from clipperf.report.page.content import Cell, Column, Line, Stories, Story, Table
from clipperf.report.page.trends import trend_key

_COLUMNS = (
    Column("series"),
    Column("figure"),
    Column("verdict"),
    Column("tonight", is_figure=True),
    Column("level", is_figure=True),
    Column("change %", is_figure=True),
    Column("noise ± %", is_figure=True),
    Column("threshold %", is_figure=True),
    Column("nights", is_figure=True),
    Column("since"),
)


def news_of(summary: NightSummary) -> list[Stories]:
    """What is not quiet, the gravest first, each with the way to its trend."""
    found = []
    for kind, heading in HEADINGS.items():
        told = [
            Story(series_text(summary.series[verdict.track.series]), sentence, f"trend-{trend_key(verdict)}")
            for verdict, sentence in stories(summary, kind)
        ]
        if told:
            found.append(Stories(kind, heading, told))
    return found


def verdict_table(summary: NightSummary) -> Table:
    """A line for every figure of every series, and for those of the control."""
    verdicts = [verdict for kind in VERDICTS for verdict in summary.of_kind(kind)]
    lines = [_line(verdict, summary, "") for verdict in verdicts]
    lines += [_line(verdict, summary, "control: ") for verdict in summary.control]
    return Table("verdicts", "Every figure of every series tonight", _COLUMNS, lines)


def _line(verdict: Verdict, summary: NightSummary, prefix: str) -> Line:
    levels, metric = verdict.levels, verdict.track.metric
    subject = prefix + series_text(summary.series[verdict.track.series])
    level = None if levels is None else math.exp(levels.levels[-1].gain * (1 if metric.more_is_better else -1))
    against = verdict.before if verdict.before is not None else level
    change = None if verdict.tonight is None or against is None else 100 * (verdict.tonight / against - 1)
    cells = [
        Cell(subject, f"trend-{trend_key(verdict)}"),
        Cell(metric.heading),
        Cell(verdict.kind),
        Cell(_shown(verdict.tonight)),
        Cell(_shown(against)),
        Cell(DASH if change is None else f"{change:+.1f}"),
        Cell(DASH if levels is None else f"{100 * levels.noise:.1f}"),
        Cell(DASH if levels is None else f"{100 * math.expm1(levels.threshold):.1f}"),
        Cell(str(len(verdict.track.readings))),
        Cell(DASH if verdict.since is None else verdict.since.isoformat()),
    ]
    return Line(cells, verdict.kind)


def quiet_text(summary: NightSummary) -> str:
    """How many figures have nothing to be told of."""
    count = len(summary.of_kind(QUIET))
    return f"{count} {'figure is' if count == 1 else 'figures are'} quiet."


def _shown(value: float | None) -> str:
    return DASH if value is None else figure(value)
