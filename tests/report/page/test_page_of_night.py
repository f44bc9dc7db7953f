"""What the page of a night holds."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich_nights import HOSTILE, hostile_night, rich_night

from clipperf.analysis.night_summary import NightSummary
from clipperf.report.page.content import Page
from clipperf.report.page.night import page_of_night
from clipperf.report.page.payload import payload_of
from clipperf.report.page.render import page_text


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[NightSummary, Path]:
    return rich_night(tmp_path_factory.mktemp("nights"))


@pytest.fixture(scope="module")
def page(night: tuple[NightSummary, Path]) -> Page:
    return page_of_night(*night)


def test_the_news_stand_first_each_with_its_trend(page: Page):
    assert [group.kind for group in page.news] == ["regression", "suspected", "broken", "improved", "new"]
    keys = {f"trend-{trend.key}" for trend in page.trends}
    assert {story.link for group in page.news for story in group.stories} <= keys
    assert "since 2026-04-28" in page.news[0].stories[0].sentence


def test_a_trend_has_its_levels_its_band_and_its_notes(page: Page):
    worst = page.trends[0]
    assert (worst.verdict, worst.since, len(worst.nights)) == ("regression", 117, 120)
    before = worst.steps[-2].value
    assert worst.low is not None
    assert worst.high is not None
    assert worst.low < before < worst.high
    assert worst.remarks == [(100, "vision: driver 24.1 (ann)")]
    assert {tuple(trend.breaks) for trend in page.trends if trend.breaks} == {(117,)}


def test_curves_of_different_scope_share_no_chart(page: Page):
    scopes = [{scope for scope in ("host", "pipeline") if f"scope {scope}" in chart.title} for chart in page.curves]
    assert all(len(found) == 1 for found in scopes)
    assert {"pipeline"} in scopes


def test_the_last_good_night_of_a_regression_lies_before_it(page: Page):
    traces = [trace for chart in page.curves for trace in chart.traces if trace.role == "before"]
    assert traces
    nights = {re.search(r"night of (\S+)", text)[1] for trace in traces for text in trace.text}  # type: ignore[index]
    assert nights == {"2026-04-27", "2026-04-29"}


def test_energy_is_shown_where_it_was_measured(page: Page, night: tuple[NightSummary, Path]):
    assert page.energy
    assert all(chart.y_label == "J a sample" for chart in page.energy)


def test_a_failed_case_shows_the_end_of_its_own_log_and_no_file_beside(page: Page):
    dead, outside = page.failures
    assert dead.tail.splitlines()[-1] == "line 49 of vision"
    assert len(dead.tail.splitlines()) == 20
    assert dead.log == "runs/sweep-cpu/logs/dead-0.log"
    assert (outside.tail, outside.log) == ("", "")


def test_a_night_without_a_row_still_has_a_page(night: tuple[NightSummary, Path]):
    summary, folder = night
    text = page_text(page_of_night(replace(summary, sweeps=summary.sweeps[1:], verdicts=(), control=()), folder))
    assert "Accelerator could not be measured" in text
    assert 'id="plotly"' not in text


def test_the_script_gets_all_and_only_harmless_characters(tmp_path: Path):
    page = page_of_night(*hostile_night(tmp_path))
    text = page_text(page)
    assert HOSTILE not in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
    (block,) = re.findall(r'<script type="application/json" id="payload">(.*?)</script>', text, re.DOTALL)
    assert not set("<>&'") & set(block)
    assert json.loads(block) == json.loads(json.dumps(payload_of(page)))
    assert "</script><script>" in json.loads(block)["trends"][0]["subject"]
