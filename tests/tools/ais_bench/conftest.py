"""ais_bench as a program on disk: the stand-in for it, its models, and a way to run a case with it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from ais_bench_cases import PROGRAM, Run, write_model
from tool_runs import runs_of

from clipperf.tools.ais_bench import AisBench
from clipperf.tools.base import Length, ToolCase

LENGTH = Length(20, None, 1)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The stand-in behind the name of a Python, as the one in which ais_bench is installed."""
    path = tmp_path / "bin" / "python3"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -E -s "{PROGRAM}" "$@"\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A static model of batch 4."""
    return write_model(tmp_path / "vit_b_32_vision_bs4.om", batch=4, execute_ms=3.0, jitter=0.2)


@pytest.fixture
def case(program: Path, model: Path) -> ToolCase:
    """A case of that model on device 0."""
    return ToolCase(
        model=str(model),
        batch_size=4,
        device_ids=("0",),
        instances=1,
        queue_depth=1,
        precision="",
        scope="compute",
        options={"python": str(program)},
    )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a case as a sweep does, and gives what was reported and captured."""
    return runs_of(AisBench(), LENGTH, tmp_path)
