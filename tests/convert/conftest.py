"""Sources and variants of conversions, and the programs of vendors in miniature."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clipperf.convert.conversion import Source
from clipperf.convert.source import of_catalogue


@pytest.fixture
def vision() -> Source:
    return of_catalogue("vision", {}, 11)


@pytest.fixture
def clip() -> Source:
    return of_catalogue("clip", {}, 11)


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Makes a shell script a program of that name, before all others on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def put(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)

    return put
