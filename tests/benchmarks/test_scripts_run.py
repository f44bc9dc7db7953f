"""The comparisons still run; their figures are taken by hand, on a quiet machine, and are no assertions."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

FILES = {path.name: path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py")}
SCRIPTS = sorted(name for name, text in FILES.items() if "\nfrom record import" in text)
HELPERS = {"record.py": "what scripts share", "loadgen_side.py": "a process of loadgen.py", Path(__file__).name: "this"}
"""Everything else must run by itself."""
ABSENT = re.compile(r"^ModuleNotFoundError: No module named '(mlperf_loadgen|openvino)'$", re.MULTILINE)
"""What the extra ``benchmarks`` brings; a script that lacks anything else is broken."""


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_runs(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLIPPERF_CACHE", str(tmp_path))
    path = Path(__file__).with_name(script)
    done = subprocess.run([sys.executable, path, "--quick"], cwd=tmp_path, capture_output=True, text=True)
    if lacks := ABSENT.search(done.stderr):
        pytest.skip(f"{lacks[1]} is not installed: pip install -e '.[benchmarks]'")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"# {path.stem}")


def test_every_file_is_a_script_that_runs_or_known_to_be_none():
    assert {*SCRIPTS, *HELPERS} == set(FILES)
