"""The comparisons still run; their figures are taken by hand, on a quiet machine, and are no assertions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = sorted(path.name for path in Path(__file__).parent.glob("*.py") if "\nfrom record import" in path.read_text())


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_runs(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLIPPERF_CACHE", str(tmp_path))
    path = Path(__file__).with_name(script)
    done = subprocess.run([sys.executable, path, "--quick"], cwd=tmp_path, capture_output=True, text=True)
    if "ModuleNotFoundError" in done.stderr:
        pytest.skip(done.stderr.splitlines()[-1])
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"# {path.stem}")
