"""What all pictures have in common: size, fonts, title, foot, and how they are written."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from clipperf.report.caption import requests, shared
from clipperf.report.safe_text import safe_text

WIDTH_IN = 10.7
_DPI = 150
_SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    # A dollar in a model's name is a dollar and no formula.
    "text.parse_math": False,
    # Without a salt the ids inside an SVG are random, and the same rows would give another file each time.
    "svg.hashsalt": "clipperf",
}
_TITLE = (
    "model", "runner", "precision", "device", "instances", "queue_depth", "loop", "arrival", "offered_rate", "options",
    "scope",
)  # fmt: skip


def write_picture(draw: Callable[[], Figure | None], folder: Path, name: str) -> list[Path]:
    """Writes what ``draw`` gives as ``name``.png and ``name``.svg and gives their paths; none where it gives nothing.

    The same figure gives the same bytes with the same matplotlib.
    """
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        # A name in a script that the font lacks shows as boxes; that is no reason to speak to the user of fonts.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = draw()
        if figure is None:
            return []
        png, svg = folder / f"{name}.png", folder / f"{name}.svg"
        figure.savefig(png, dpi=_DPI, metadata={"Software": None})
        figure.savefig(svg, metadata={"Date": None})
    return [png, svg]


def write_title(figure: Figure, frame: pd.DataFrame) -> None:
    """What all rows share on top; requests, who measured, version and day at the foot."""
    figure.suptitle(_title(frame), fontsize=11)
    figure.supxlabel(_footer(frame), fontsize=7, color="#555555", x=0.99, horizontalalignment="right")


def _title(frame: pd.DataFrame) -> str:
    sizes = frame["batch_size"].dropna().unique()
    parts = [*shared(frame, _TITLE), *(f"batch {size}" for size in sizes if len(sizes) == 1)]
    return fill(safe_text(" · ".join(parts)), 110)


def _footer(frame: pd.DataFrame) -> str:
    days = sorted(frame["started_at"].dropna().str[:10].unique())
    parts = [
        requests(frame),
        *shared(frame, ("measured_by",)),
        *(f"clipperf {version}" for version in sorted(frame["clipperf_version"].dropna().unique())),
        " to ".join(dict.fromkeys([*days[:1], *days[-1:]])),
    ]
    return safe_text(" · ".join(part for part in parts if part))
