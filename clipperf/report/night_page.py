"""The page of a night with its pictures beside it, and the list of all nights."""

from __future__ import annotations

from pathlib import Path

from clipperf.analysis.night_summary import NightSummary
from clipperf.report.page.night import night_frame, page_of_night
from clipperf.report.page.render import nights_text, page_text, write_page
from clipperf.report.page.told_nights import told_nights
from clipperf.report.pictures import draw_pictures
from clipperf.report.trend_picture import draw_trend


def write_night_page(summary: NightSummary, folder: Path) -> Path:
    """Writes ``folder``/index.html, pictures beside it, and the list of all nights above it; gives the page's path.

    ``summary.json`` of the night has to be there, as the list is made of those of all nights.
    """
    frame, _ = night_frame(summary)
    if frame is not None:
        draw_pictures(frame, folder)
    draw_trend(summary, folder)
    page = write_page(page_text(page_of_night(summary, folder)), folder)
    write_page(nights_text(told_nights(folder.parent)), folder.parent)
    return page
