"""Files of /proc and /sys, of which any may be missing: on another system, in a container, without the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def read_text(path: Path) -> str | None:
    """The stripped text; None where the file is missing, unreadable or empty."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or None
    except OSError:
        # Some files exist and refuse all the same: a sensor that sleeps gives EAGAIN, a control group that went ENODEV.
        return None


def read_number(path: Path) -> int | None:
    """The whole number that the file holds; None where there is none."""
    text = read_text(path) or ""
    return int(text) if text.lstrip("-").isdigit() else None
