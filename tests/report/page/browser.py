"""A browser without a screen, for pages as their readers have them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
DRAWN = "html[data-charts=drawn]"
_PATIENCE_MS = 60_000


@dataclass
class Opened:
    """A page, what it wrote to the console, and the addresses that it asked for beside its own."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def browser_program() -> str | None:
    """The path of a browser, None where none is installed."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def running_browser(program: str) -> Iterator[Browser]:
    """The browser, cut off from any network; it refuses its sandbox to root, whom containers run as."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND"]
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


def open_page(browser: Browser, path: Path) -> Opened:
    """The page from the disk, its charts drawn."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    opened = Opened(page)
    page.on("console", lambda message: opened.said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: opened.said.append(str(error)))
    page.on("request", lambda request: opened.asked.append(request.url))
    page.goto(path.resolve().as_uri())
    page.wait_for_selector(DRAWN, state="attached", timeout=_PATIENCE_MS)
    return opened
