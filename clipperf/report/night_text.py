"""A night as the terminal shows it."""

from __future__ import annotations

from clipperf.analysis.night_summary import NightSummary
from clipperf.analysis.night_verdict import QUIET
from clipperf.report.night_sentences import HEADINGS, headline, series_text, stories
from clipperf.report.safe_text import safe_text

_MOST = 20


def night_text(summary: NightSummary) -> str:
    """The headline, then what is news, by verdict."""
    lines = [f"{summary.night}: {safe_text(headline(summary))}"]
    for kind, heading in HEADINGS.items():
        found = stories(summary, kind)
        if found:
            lines += ["", f"{heading}:"]
        for verdict, told in found[:_MOST]:
            series = series_text(summary.series[verdict.track.series])
            lines += [f"  {verdict.track.series[:8]}  {series}", f"            {told}"]
        if len(found) > _MOST:
            lines.append(f"  and {len(found) - _MOST} more")
    quiet = len(summary.of_kind(QUIET))
    lines += ["", f"{quiet} {'figure is' if quiet == 1 else 'figures are'} quiet."] if quiet else []
    for sweep in summary.sweeps:
        if sweep.error or sweep.failed:
            told = safe_text(sweep.error) or f"{sweep.failed} of {sweep.rows} cases failed; see {sweep.folder}"
            lines.append(f"{safe_text(sweep.name)}: {told}")
    lines += [f"Not fit: {safe_text(each)}" for each in summary.unfit]
    lines += [f"Changed since the night before: {safe_text(each)}" for each in summary.changes]
    return "\n".join(lines)
