"""The pages of a rich night and of a hostile one, and a browser that has them open."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from rich_nights import hostile_night, rich_night

from clipperf.analysis.night_summary import NightSummary
from clipperf.report.night_json import night_record
from clipperf.report.page.night import page_of_night
from clipperf.report.page.render import nights_text, page_text, write_page
from clipperf.report.page.told_nights import SUMMARY, told_nights
from tests.report.page.browser import Opened, browser_program, open_page, running_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started when first asked for; it ends with the module, as other tests look for programs left behind."""
    program = browser_program()
    if program is None:
        # .ci/run installs one and names it here, so that there the tests cannot be left out unseen.
        absent = pytest.fail if "chromium" in os.environ.get("CLIPPERF_TESTS_NEED", "") else pytest.skip
        absent("Chromium is not installed: apt-get install chromium")
    with running_browser(program) as started:
        yield started


@pytest.fixture(scope="module")
def rich_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a night of 200 series over 120 nights."""
    return _written(*rich_night(tmp_path_factory.mktemp("rich")))


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same where every name means harm."""
    return _written(*hostile_night(tmp_path_factory.mktemp("hostile")))


@pytest.fixture(scope="module")
def rich(browser: Browser, rich_page: Path) -> Opened:
    """The page, open; tests leave it as they found it."""
    return open_page(browser, rich_page)


@pytest.fixture(scope="module")
def hostile(browser: Browser, hostile_page: Path) -> Opened:
    """The hostile page, open."""
    return open_page(browser, hostile_page)


def _written(summary: NightSummary, folder: Path) -> Path:
    (folder / SUMMARY).write_text(json.dumps(night_record(summary)), encoding="utf-8")
    page = write_page(page_text(page_of_night(summary, folder)), folder)
    write_page(nights_text(told_nights(folder.parent)), folder.parent)
    return page
