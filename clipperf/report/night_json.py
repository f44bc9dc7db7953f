"""A night as JSON: what ``--json`` prints and a webhook gets."""

from __future__ import annotations

import math
from typing import Any

from clipperf.analysis.night_control import attribute
from clipperf.analysis.night_summary import NightSummary, exit_code
from clipperf.analysis.night_verdict import QUIET, VERDICTS, Verdict
from clipperf.report.night_sentences import control_track, headline, series_text, verdict_text


def night_record(summary: NightSummary) -> dict[str, Any]:
    """Night, host, exit code, counts by verdict, the verdicts that are not quiet, and the sweeps.

    Shares are of 1, latencies in ms. ``text`` is a short message, as chat systems take it.
    """
    found = [verdict for kind in VERDICTS if kind != QUIET for verdict in summary.of_kind(kind)]
    return {
        "text": f"clipperf {summary.night} on {summary.host}: {headline(summary)}",
        "night": summary.night.isoformat(),
        "host": summary.host,
        "exit_code": exit_code(summary),
        "threshold": summary.threshold,
        "counts": {kind: len(summary.of_kind(kind)) for kind in VERDICTS},
        "verdicts": [_verdict(verdict, summary) for verdict in found],
        "sweeps": [
            {
                "name": each.name,
                "folder": str(each.folder),
                "rows": each.rows,
                "failed": each.failed,
                "error": each.error,
            }
            for each in summary.sweeps
        ],
        "unfit": list(summary.unfit),
        "changes": list(summary.changes),
    }


def _verdict(verdict: Verdict, summary: NightSummary) -> dict[str, Any]:
    gain = None if verdict.change is None else verdict.change.gain
    return {
        "verdict": verdict.kind,
        "series": verdict.track.series,
        "name": series_text(summary.series[verdict.track.series]),
        "metric": verdict.track.metric.column,
        "more_is_better": verdict.track.metric.more_is_better,
        "tonight": verdict.tonight,
        "since": None if verdict.since is None else verdict.since.isoformat(),
        "before": verdict.before,
        "after": verdict.after,
        "gain": None if gain is None else math.expm1(gain.middle),
        "gain_low": None if gain is None else math.expm1(gain.low),
        "gain_high": None if gain is None else math.expm1(gain.high),
        "p_value": None if verdict.change is None else verdict.change.p_value,
        "noise": None if verdict.levels is None else verdict.levels.noise,
        "cause": attribute(verdict, control_track(verdict, summary)).cause,
        "sentence": verdict_text(verdict, summary),
    }
