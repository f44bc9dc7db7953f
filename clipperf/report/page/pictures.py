"""The pictures that lie beside a page."""

from __future__ import annotations

from pathlib import Path

from clipperf.report.page.content import Link

_PICTURES = {
    "trend": "the worst trend",
    "curve": "the curves",
    "scaling": "scaling",
    "pareto": "the operating points",
    "rate": "latency by offered rate",
}


def pictures_in(folder: Path) -> list[Link]:
    """A link for each that was drawn, PNG and SVG."""
    return [
        Link(f"{text} ({ending.upper()})", f"{stem}.{ending}")
        for stem, text in _PICTURES.items()
        for ending in ("png", "svg")
        if (folder / f"{stem}.{ending}").is_file()
    ]
