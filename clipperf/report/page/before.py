"""The last good night as a line beside tonight's, point by point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from clipperf.analysis.night_summary import NightSummary
from clipperf.analysis.night_tracks import Reading
from clipperf.analysis.night_verdict import REGRESSION, SUSPECTED, Verdict
from clipperf.analysis.series import measured
from clipperf.report.curve_facets import Facet
from clipperf.report.number import figure
from clipperf.report.page.content import Trace
from clipperf.results.axes import AXES, case_key
from clipperf.results.frame import records


@dataclass(frozen=True)
class Before:
    """The last good reading of each figure, by the case and its column."""

    readings: Mapping[tuple[str, str], Reading]

    def beside(self, facet: Facet, column: str) -> list[Trace]:
        """A line for each curve whose cases have such a reading."""
        traces = []
        for number, (curve, name) in enumerate(zip(facet.curves, facet.names, strict=False)):
            points = sorted(self._points(facet, measured(curve.rows), column).items())
            if points:
                parts = [name, "last good night"]
                traces.append(
                    Trace(
                        name=" · ".join(part for part in parts if part),
                        role="before",
                        style=number,
                        x=[x for x, _ in points],
                        y=[reading.value for _, reading in points],
                        text=[f"{figure(reading.value)}, night of {reading.night}" for _, reading in points],
                    )
                )
        return traces

    def _points(self, facet: Facet, rows: pd.DataFrame, column: str) -> dict[float, Reading]:
        found = {}
        for index, row in zip(rows.index, records(rows[[*AXES, "options"]]), strict=True):
            reading = self.readings.get((case_key(row), column))
            if reading is not None:
                found[float(facet.axis.x.loc[index])] = reading
        return found


def last_good(summary: NightSummary) -> Before:
    """Of every figure the last night before tonight under tonight's circumstances, and before what is told of it."""
    readings = {}
    for verdict in summary.verdicts:
        reading = _last_good(verdict, summary)
        if reading is not None:
            readings[case_key(summary.series[verdict.track.series]), verdict.track.metric.column] = reading
    return Before(readings)


def _last_good(verdict: Verdict, summary: NightSummary) -> Reading | None:
    told = verdict.since if verdict.kind in (REGRESSION, SUSPECTED) else None
    end = told or summary.night
    now = verdict.track.readings[-1].circumstances
    good = [each for each in verdict.track.readings if each.night < end and each.circumstances == now]
    return good[-1] if good else None
