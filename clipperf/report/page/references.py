"""What vendors have published of the same model on the same device, beside what was measured."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from clipperf.data import published
from clipperf.report.curve_facets import RATES, Facet
from clipperf.report.page.content import Chart, Trace
from clipperf.report.page.curves import RATE_LABELS

Reference = Mapping[str, str]


class References:
    """The published figures that belong to the rows of a frame, each in a chart of its own scope."""

    def __init__(self, frame: pd.DataFrame, environments: Sequence[Mapping[str, Any]]) -> None:
        self.found = references_of(frame, environments)
        self._drawn: set[int] = set()

    def beside(self, facet: Facet, column: str) -> list[Trace]:
        """Those of the facet's scope that tell the column; batch sizes have to lie along the axis."""
        if not facet.axis.is_batch:
            return []
        scope = facet.curves[0].scope
        own = [each for each in self.found if each["scope"] == scope and each[column]]
        if column in RATES:
            self._drawn |= {id(each) for each in own}
        return _traces(own, column)

    def alone(self) -> list[Chart]:
        """Charts for the scopes that nothing was measured in, so that no axis is shared with another scope."""
        left = [each for each in self.found if id(each) not in self._drawn]
        charts = []
        for scope in dict.fromkeys(each["scope"] for each in left):
            for column in RATES:
                traces = _traces([each for each in left if each["scope"] == scope and each[column]], column)
                if traces:
                    title = f"Published throughput · scope {scope}, in which nothing was measured here"
                    charts.append(Chart(title, "batch size (samples per request)", RATE_LABELS[column], True, traces))
        return charts


def references_of(frame: pd.DataFrame, environments: Sequence[Mapping[str, Any]]) -> list[Reference]:
    """The published rows of a model of the frame on a device that an environment or an option names."""
    cells = frame[["options", "runner"]].fillna("").drop_duplicates().itertuples(index=False, name=None)
    runners = [json.dumps(each.get("runner", {}), default=str) for each in environments]
    devices = _plain(" ".join([*runners, *(text for cell in cells for text in cell)]))
    pairs = frame[["model", "precision"]].dropna().drop_duplicates().itertuples(index=False, name=None)
    measured = [(_plain(model), precision) for model, precision in pairs]
    return [each for each in published() if _plain(each["device"]) in devices and _is_same(each, measured)]


def _is_same(reference: Reference, measured: Sequence[tuple[str, str]]) -> bool:
    names = {_plain(name) for name in re.split(r"[()]", reference["model"]) if name.strip()}
    return any(model in names and reference["precision"] in ("", precision) for model, precision in measured)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", str(text).lower())


def _traces(references: Sequence[Reference], column: str) -> list[Trace]:
    """A line for each source, device, runtime, model and queue size; figures of one batch size are a point."""
    groups: dict[tuple[str, ...], list[Reference]] = {}
    for each in references:
        key = [each[name] for name in ("source", "device", "runtime", "model", "vendor_queue_size")]
        groups.setdefault(tuple(key), []).append(each)
    traces = []
    for number, ((source, device, runtime, model, queue), own) in enumerate(groups.items()):
        points = sorted(own, key=lambda each: int(each["batch_size"]))
        parts = ["published", device, model, runtime, f"queue {queue}" if queue else ""]
        traces.append(
            Trace(
                name=" · ".join(part for part in parts if part),
                role="published",
                style=number,
                x=[float(each["batch_size"]) for each in points],
                y=[float(each[column]) for each in points],
                text=[f"{each[column]}, {source}" for each in points],
            )
        )
    return traces
