"""``summary.md`` of a night, which is also what a CI job shows of it."""

from __future__ import annotations

from collections.abc import Iterator

from clipperf.analysis.night_summary import NightSummary, NightSweep
from clipperf.analysis.night_verdict import QUIET, REGRESSION, SUSPECTED
from clipperf.report.night_sentences import HEADINGS, headline, series_text, stories

_MOST = 50
"""A job's summary has a limit; the page has all of them."""


def night_markdown(summary: NightSummary) -> str:
    """Headline, verdicts that are news, sweeps, and what changed around them."""
    lines = [
        f"# clipperf, night of {summary.night}",
        "",
        f"**{_escaped(headline(summary))}** Host {_escaped(summary.host)}.",
    ]
    for kind, heading in HEADINGS.items():
        found = stories(summary, kind)
        if found:
            lines += ["", f"## {heading}", ""]
            lines += [
                f"- {_escaped(series_text(summary.series[each.track.series]))}: {_escaped(told)}"
                for each, told in found[:_MOST]
            ]
            lines += [f"- and {len(found) - _MOST} more"] if len(found) > _MOST else []
    quiet = len(summary.of_kind(QUIET))
    lines += ["", f"{quiet} {'figure is' if quiet == 1 else 'figures are'} quiet.", ""]
    lines += ["| sweep | rows | failed | |", "|---|--:|--:|---|", *map(_sweep, summary.sweeps)]
    lines += [
        *_listed("The machine was not fit", summary.unfit),
        *_listed("Changed since the night before", summary.changes),
    ]
    if summary.of_kind(REGRESSION, SUSPECTED):
        lines += ["", "A change that is known: `clipperf history acknowledge SERIES --metric NAME --night DATE`."]
    return "\n".join(lines) + "\n"


def _sweep(sweep: NightSweep) -> str:
    return f"| {_escaped(sweep.name)} | {sweep.rows} | {sweep.failed} | {_escaped(sweep.error)} |"


def _listed(heading: str, found: tuple[str, ...]) -> Iterator[str]:
    if found:
        yield from ("", f"## {heading}", "", *(f"- {_escaped(each)}" for each in found[:_MOST]))


def _escaped(text: str) -> str:
    """The text with nothing in it that Markdown or the HTML around it would take for markup."""
    spelt = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")
    return "".join(f"\\{letter}" if letter in "\\`*_[]|#~" else letter for letter in spelt)
