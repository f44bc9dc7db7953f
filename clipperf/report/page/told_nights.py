"""The nights that lie in a folder of nights, as their summaries tell them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from clipperf.analysis.night_verdict import IMPROVED, REGRESSION, SUSPECTED
from clipperf.report.page.content import Link
from clipperf.results.folder import read_json

_MOST_LINKS = 14
STATES = {0: "quiet", 1: "failed", 3: "regression", 4: "too noisy"}
INDEX, SUMMARY = "index.html", "summary.json"


@dataclass(frozen=True)
class ToldNight:
    """A night by its folder's name, and what ``summary.json`` says; ``href`` leads to its page, empty without one."""

    night: str
    href: str
    state: str
    exit_code: int | None
    headline: str
    host: str
    counts: Mapping[str, int]


def told_nights(reports: Path) -> list[ToldNight]:
    """Every folder that is called by a date and has a summary or a page, the last night first."""
    found = [folder for folder in reports.iterdir() if _is_date(folder.name) and folder.is_dir()]
    nights = [_told(folder) for folder in sorted(found, key=lambda each: each.name, reverse=True)]
    return [night for night in nights if night is not None]


def earlier_links(folder: Path) -> list[Link]:
    """From the page in ``folder`` to the last nights before it that have one, then to the list of all."""
    earlier = [night for night in told_nights(folder.parent) if night.night < folder.name and night.href]
    links = [Link(night.night, f"../{night.href}") for night in earlier[:_MOST_LINKS]]
    return [*links, Link("all nights", f"../{INDEX}")]


def _told(folder: Path) -> ToldNight | None:
    told, has_page = read_json(folder / SUMMARY), (folder / INDEX).is_file()
    if not told and not has_page:
        return None
    code = told.get("exit_code")
    counts = {name: _count(told, name) for name in (REGRESSION, SUSPECTED, IMPROVED)}
    state = STATES.get(code, "untold") if isinstance(code, int) else "untold"
    return ToldNight(
        night=folder.name,
        href=f"{folder.name}/{INDEX}" if has_page else "",
        state="suspected" if state == "quiet" and counts[SUSPECTED] else state,
        exit_code=code if isinstance(code, int) else None,
        headline=_headline(told),
        host=str(told.get("host", "")),
        counts=counts,
    )


def _count(told: Mapping[str, Any], name: str) -> int:
    counts = told.get("counts")
    count = counts.get(name, 0) if isinstance(counts, dict) else 0
    return count if isinstance(count, int) else 0


def _headline(told: Mapping[str, Any]) -> str:
    """What was told in words, without the night and the host that stand beside it."""
    text = str(told.get("text", ""))
    return text.removeprefix(f"clipperf {told.get('night')} on {told.get('host')}: ")


def _is_date(name: str) -> bool:
    try:
        return date.fromisoformat(name).isoformat() == name
    except ValueError:
        return False
