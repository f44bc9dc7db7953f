"""The page of run folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from clipperf.errors import UsageError
from clipperf.report.folder_report import FolderReport
from clipperf.report.page.render import page_text, write_page
from clipperf.report.page.runs import page_of_runs


def write_run_page(report: FolderReport, folders: Sequence[Path], out: Path) -> Path:
    """Writes ``out``/index.html and gives its path; raises UsageError where it cannot be written."""
    try:
        return write_page(page_text(page_of_runs(report, folders, out)), out)
    except OSError as error:
        raise UsageError(f"{out}: the page cannot be written there ({error.strerror}).") from None
