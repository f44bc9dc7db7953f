"""Blocks of figures side by side, each of a point as VastStreamX's profilers print one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from clipperf.analysis.circumstances import OPTION, circumstances, varying
from clipperf.analysis.operating_points import Figure
from clipperf.analysis.remeasured import Block
from clipperf.report.grid import Column, Style, grid_text
from clipperf.report.number import DASH, align_points, figure
from clipperf.results.frame import frame_of
from clipperf.results.schema import PERCENTILES

_AXES = {"instances": "instances", "device": "devices", "queue_depth": "queue depth", "batch_size": "batch size"}
_SINGLE = {"avg": "mean", "min": "min", "max": "max"}
COLUMNS = ("qps", *(f"latency_{name}_ms" for name in _SINGLE.values()), *(f"latency_p{n}_ms" for n in PERCENTILES))
"""The columns of the rows behind the figures, in their order."""


def side_by_side(
    named: Mapping[str, Block],
    style: Style,
    beside: Mapping[str, tuple[Sequence[str], str]] | None = None,
    more: Mapping[str, Sequence[Figure | None]] | None = None,
) -> str:
    """The blocks under their names; latencies in ms. A bound that the data do not give is left open.

    ``beside`` are columns at the end, with a cell for each of ``COLUMNS`` and the side on which they stand; ``more``
    are rows of figures besides, with one for each block.
    """
    blocks, added = list(named.values()), more or {}
    axes = _axes(blocks)
    headings = ["throughput (qps)", *(f"{name} latency (ms)" for name in _SINGLE)]
    headings += [f"p{number} latency (ms)" for number in PERCENTILES]
    columns = [Column("", [*axes, *headings, *added, "requests", "times measured"], "left")]
    for place, (name, block) in enumerate(named.items()):
        figures = [*_figures(block), *(of_blocks[place] for of_blocks in added.values())]
        cells = [cells_of[place] for cells_of in axes.values()]
        counts = [DASH if block.requests is None else f"{block.requests:,}", str(block.runs)]
        told = align_points([_value(one) for one in figures])
        columns.append(Column(name, [*cells, *told, *counts]))
        columns.append(Column("95 % interval", [*[""] * len(axes), *map(_interval, figures), "", ""], "left"))
    for heading, (cells_beside, side) in (beside or {}).items():
        columns.append(Column(heading, [*[""] * len(axes), *cells_beside, *[""] * len(added), "", ""], side))
    return grid_text(columns, style)


def _axes(blocks: Sequence[Block]) -> dict[str, list[str]]:
    """What makes the points, and any option that tells them apart: a cell for each block."""
    frame = frame_of([block.row for block in blocks]).assign(side=None, repeat=0)
    texts = circumstances(frame)
    options = [name for name in varying(texts) if name.startswith(OPTION)]
    told = {heading: [str(value) for value in frame[name]] for name, heading in _AXES.items()}
    return told | {name.removeprefix(OPTION): [value or DASH for value in texts[name]] for name in options}


def _figures(block: Block) -> list[Figure | None]:
    """Throughput, then the latencies; one that has no interval by its nature is its own."""
    single = [block.mean_ms, block.min_ms, block.max_ms]
    figures: list[Figure | None] = [block.qps]
    figures += [None if value is None else Figure(value, value, value) for value in single]
    return figures + [block.latency_ms.get(number) for number in PERCENTILES]


def _value(told: Figure | None) -> str:
    return DASH if told is None else figure(told.value)


def _interval(told: Figure | None) -> str:
    if told is None or told.low == told.high:
        return ""
    if math.isinf(told.high):
        return f"≥ {figure(told.low)}" if told.low > 0 else ""
    return f"{figure(told.low)} … {figure(told.high)}"
