"""The list of nights, made from their summaries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clipperf.report.page.content import Link
from clipperf.report.page.render import nights_text
from clipperf.report.page.told_nights import earlier_links, told_nights


def told(reports: Path, night: str, **record: Any) -> Path:
    """A night with a summary and a page."""
    folder = reports / night
    folder.mkdir()
    summary = {"night": night, "host": "box", "text": f"clipperf {night} on box: Quiet.", "exit_code": 0, **record}
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    (folder / "index.html").touch()
    return folder


def test_the_last_night_stands_first_with_its_headline_and_exit_code(tmp_path: Path):
    told(tmp_path, "2026-01-01")
    told(tmp_path, "2026-01-02", exit_code=3, counts={"regression": 2})
    told(tmp_path, "2026-01-03", counts={"suspected": 1})
    found = told_nights(tmp_path)
    assert [(each.night, each.state, each.exit_code, each.headline) for each in found] == [
        ("2026-01-03", "suspected", 0, "Quiet."),
        ("2026-01-02", "regression", 3, "Quiet."),
        ("2026-01-01", "quiet", 0, "Quiet."),
    ]
    assert found[1].counts["regression"] == 2


def test_what_is_no_night_is_left_out_and_what_is_broken_does_no_harm(tmp_path: Path):
    told(tmp_path, "2026-01-01")
    told(tmp_path, "2026-01-02", exit_code=[], counts=[], host={}, text=None)
    (tmp_path / "2026-01-03").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "2026-01-04").touch()
    (tmp_path / "2026-01-01" / "summary.json").write_text("{", encoding="utf-8")
    assert [(each.night, each.state) for each in told_nights(tmp_path)] == [
        ("2026-01-02", "untold"),
        ("2026-01-01", "untold"),
    ]
    assert "2026-01-02" in nights_text(told_nights(tmp_path))


def test_a_night_links_those_before_it(tmp_path: Path):
    folders = [told(tmp_path, f"2026-01-0{number}") for number in (1, 2, 3)]
    assert earlier_links(folders[1]) == [
        Link("2026-01-01", "../2026-01-01/index.html"),
        Link("all nights", "../index.html"),
    ]


def test_a_hostile_summary_is_only_read(tmp_path: Path):
    told(tmp_path, "2026-01-01", host="<script>alert(1)</script>", text="<img src=x>\x1b[2J")
    text = nights_text(told_nights(tmp_path))
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "\x1b" not in text
