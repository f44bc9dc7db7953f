"""The page as a reader has it: in Chromium, from the disk."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.report.page.browser import Opened

OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
PAPER = "getComputedStyle(document.body).backgroundColor"
CHART_PAPER = "document.querySelector('.js-plotly-plot .main-svg').style.background"
_PATIENCE = 500


def settled(page: Page, holds: str) -> None:
    """Waits until an expression holds; the browser's own way of waiting needs eval, which the page forbids."""
    for _ in range(_PATIENCE):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(20)
    pytest.fail(f"it never came to hold: {holds}")


def test_it_opens_without_a_word_on_the_console_and_asks_for_nothing(rich: Opened, rich_page: Path):
    assert rich.said == []
    assert {url for url in rich.asked if not url.startswith(("data:", "blob:"))} == {rich_page.resolve().as_uri()}


def test_it_is_small_enough_to_be_sent(rich_page: Path):
    assert rich_page.stat().st_size < 6_000_000


def test_every_chart_has_its_lines(rich: Opened):
    counts = rich.page.eval_on_selector_all(
        ".chart", "all => all.map(each => each.querySelectorAll('.scatterlayer .trace').length)"
    )
    assert len(counts) > 10
    assert min(counts) > 0


def test_pointing_at_a_night_shows_its_figure(rich: Opened):
    page = rich.page
    chart = page.locator("#worst .chart").first
    chart.scroll_into_view_if_needed()
    point = chart.locator(".scatterlayer .trace").first.locator(".points path").last.bounding_box()
    assert point is not None
    page.mouse.move(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    shown = chart.locator(".hoverlayer .hovertext")
    shown.first.wait_for()
    text = shown.first.text_content() or ""
    assert "night of 2026-04-30" in text
    page.mouse.move(0, 0)


def test_a_verdict_leads_to_its_trend_by_keyboard(rich: Opened):
    page = rich.page
    page.locator(".news[data-state=suspected] a").first.focus()
    page.keyboard.press("Enter")
    settled(page, "document.activeElement.id.startsWith('trend-')")
    text = page.evaluate("document.activeElement.querySelector('figcaption').textContent")
    assert text.startswith("suspected")
    page.locator("#verdicts tbody a").last.click()
    settled(page, "document.activeElement.id === 'trend-any'")
    assert "tiny-vision" in page.locator("#trend-any figcaption").inner_text()


def test_a_table_sorts_both_ways_with_missing_figures_last(rich: Opened):
    page = rich.page
    heading = page.locator("#verdicts thead button", has_text="change")
    heading.focus()
    for direction in ("ascending", "descending"):
        page.keyboard.press("Enter")
        assert heading.locator("xpath=..").get_attribute("aria-sort") == direction
        cells = page.locator("#verdicts tbody tr").evaluate_all("rows => rows.map(row => row.cells[5].textContent)")
        told = [float(cell) for cell in cells if cell != "–"]
        assert told == sorted(told, reverse=direction == "descending")
        assert cells[: len(told)] == [cell for cell in cells if cell != "–"]
        assert len(cells) > 400


def test_a_table_is_filtered_by_words_and_by_kind(rich: Opened):
    page = rich.page
    box = page.locator(".table", has=page.locator("#verdicts"))
    box.locator("[data-words]").fill("p50 vision")
    box.locator("select").select_option("regression")
    shown = page.locator("#verdicts tbody tr:visible")
    texts = shown.all_inner_texts()
    assert texts
    assert all("vision" in text and "p50" in text and "regression" in text for text in texts)
    assert box.locator("[data-count]").inner_text().startswith(f"{len(texts)} of ")
    box.locator("[data-words]").fill("")
    box.locator("select").select_option("")


def test_dark_mode_reaches_the_charts(rich: Opened):
    light = rich.page.evaluate(PAPER), rich.page.evaluate(CHART_PAPER)
    rich.page.emulate_media(color_scheme="dark")
    settled(rich.page, f"{CHART_PAPER} !== '{light[1]}'")
    dark = rich.page.evaluate(PAPER), rich.page.evaluate(CHART_PAPER)
    rich.page.emulate_media(color_scheme="light")
    assert light == ("rgb(255, 255, 255)", "rgb(255, 255, 255)")
    assert dark == ("rgb(20, 23, 28)", "rgb(20, 23, 28)")


@pytest.mark.parametrize("width", [390, 320])
def test_a_phone_scrolls_in_one_direction(rich: Opened, width: int):
    rich.page.set_viewport_size({"width": width, "height": 844})
    settled(
        rich.page,
        f"[...document.querySelectorAll('.chart .main-svg')].every(each => each.clientWidth <= {width})",
    )
    overflow = rich.page.evaluate(OVERFLOW)
    assert rich.said == []
    rich.page.set_viewport_size({"width": 1280, "height": 900})
    assert overflow <= 0


def test_every_control_has_a_name(rich: Opened):
    unnamed = rich.page.eval_on_selector_all(
        "input, select, button, a, [role=img], [role=region]",
        "all => all.filter(each => !(each.textContent.trim() || each.labels?.length || each.ariaLabel"
        " || document.getElementById(each.getAttribute('aria-labelledby')))).map(each => each.outerHTML.slice(0, 80))",
    )
    assert unnamed == []


def test_headings_leave_out_no_level(rich: Opened):
    levels = rich.page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(each => Number(each.tagName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_names_that_mean_harm_are_only_read(hostile: Opened):
    page: Page = hostile.page
    assert hostile.said == []
    assert [url for url in hostile.asked if not url.startswith(("data:", "blob:", "file:"))] == []
    assert page.title() == "Night of 2026-04-30 · clipperf"
    assert page.locator("img[src=x]").count() == 0
    assert page.locator("#content b").count() == 0
    assert page.locator("script").count() == 4, "the data, plotly packed and unpacked, and ours"
    assert "</script><script>" in page.locator("h3 + ul, .news ul").first.inner_text()
    assert page.evaluate(OVERFLOW) <= 0
    page.locator("#verdicts tbody a").first.click()
    assert page.locator("#trends figure b").count() == 0
    assert page.title() == "Night of 2026-04-30 · clipperf"


def test_the_list_of_nights_leads_to_the_page(browser: Browser, rich_page: Path):
    page = browser.new_page()
    page.goto((rich_page.parent.parent / "index.html").resolve().as_uri())
    page.locator("#nights tbody a").first.click()
    assert page.url == rich_page.resolve().as_uri()
    page.close()
