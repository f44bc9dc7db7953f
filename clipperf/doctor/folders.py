"""Findings on the folders that are written to: may they be, and is there room."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from clipperf.doctor.finding import Finding

CACHE_MB = 2000
"""ViT-L/14 as an fp32 ONNX file has 1.7 GB, the largest that the catalogue builds by itself."""

REPORTS_MB = 500
"""Raw samples of a sweep of a hundred long cases; rows and pictures are small."""


def folder_finding(subject: str, folder: Path, needed_mb: float, remedy: str) -> Finding:
    """Whether files can be put into ``folder``, which need not exist yet, and whether ``needed_mb`` (10⁶ bytes) fit."""
    existing = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return Finding(subject, "mend", f"{folder}: {existing} cannot be written to", remedy)
    free_mb = shutil.disk_usage(existing).free / 1e6
    text = f"{folder}, {free_mb:,.0f} MB free"
    return Finding(subject, "ok", text) if free_mb >= needed_mb else Finding(subject, "note", text, remedy)
