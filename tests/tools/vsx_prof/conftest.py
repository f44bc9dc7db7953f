"""VastStreamX's profilers as programs on disk: the stand-in for them, a model, and a way to run a case."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from vsx_prof_cases import Programs, Run

from clipperf.sweeping.tool_processes import run_together
from clipperf.tools.base import Length, ToolCase
from clipperf.tools.vsx_prof import VsxProf

PROGRAM = Path(__file__).parents[2] / "standins" / "vsx_prof_program.py"
CPLUSPLUS = '#!/bin/sh\nexec "{python}" -E -s "{program}" {name} "$@"\n'
PYTHON = (
    'import os, sys\nos.execv(sys.executable, [sys.executable, "-E", "-s", "{program}", "{name}", *sys.argv[1:]])\n'
)


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    """Makes a profiler of that name, as the build of the samples would leave it, and gives its path."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def program(name: str) -> Path:
        path = folder / name
        text = PYTHON if name.endswith(".py") else CPLUSPLUS
        path.write_text(text.format(python=sys.executable, program=PROGRAM, name=name))
        path.chmod(0o755)
        return path

    return program


@pytest.fixture
def model(tmp_path: Path) -> str:
    """The prefix of a model whose image takes 1.954 ms beside others and 5.186 ms of the device, as published."""
    folder = tmp_path / "clip_image-fp16-none-1_3_224_224-vacc"
    folder.mkdir()
    (folder / "mod.json").write_text(json.dumps({"host_ms": 1.954, "device_ms": 5.186}))
    (folder / "mod.params").write_bytes(b"weights")
    return str(folder / "mod")


@pytest.fixture
def case(programs: Programs, model: str) -> ToolCase:
    """An image at a time, one after the other, on device 0, by the profiler in C++."""
    options = {"program": str(programs("clip_image_prof"))}
    return ToolCase(model, 1, ("0",), 1, 1, "", "pipeline", options)


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the stand-in writes what it really did."""
    path = tmp_path / "ledger.jsonl"
    monkeypatch.setenv("VSX_PROF_LEDGER", str(path))
    return path


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a case as a sweep does, and gives its report and what its process left."""

    def run(case: ToolCase, requests: int = 300, timeout_s: float = 60.0, **mood: str) -> Any:
        for name, value in mood.items():
            monkeypatch.setenv(f"VSX_PROF_{name.upper()}", value)
        tool = VsxProf()
        tool.python = sys.executable
        tool.check_options(case.options)
        tool.check_case(case)
        folder = tmp_path / f"case-{len(os.listdir(tmp_path))}"
        folder.mkdir()
        captured = run_together(tool.commands(case, Length(requests, None, 0), folder), timeout_s, tmp_path / "log")
        (report,) = tool.parse(case, captured)
        return report, captured[0]

    return run
