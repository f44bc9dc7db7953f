"""Keeps every test away from the user's home: models, and matplotlib's list of fonts, go to a folder of this run."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

STANDINS = Path(__file__).parent / "standins"
_OURS = ("CLIPPERF_CACHE", "MPLCONFIGDIR")


def pytest_configure(config: pytest.Config) -> None:
    """Once, before pytest-xdist starts its workers, which inherit the environment."""
    if hasattr(config, "workerinput"):
        return
    folder = tempfile.mkdtemp(prefix="clipperf-tests-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ.update(dict.fromkeys(_OURS, folder))
    # Would hide that the last words of a crash are lost.
    os.environ.pop("PYTHONUNBUFFERED", None)


@pytest.fixture
def standins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets workers import the runners of tests/standins."""
    above = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(STANDINS), *([above] if above else [])]))
