"""mm_run as a program on disk: the stand-in for it, its models, and a way to run a case with it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from mm_run_cases import Run
from tool_runs import runs_of

from clipperf.tools.base import Length, ToolCase
from clipperf.tools.mm_run import MmRun

PROGRAM = Path(__file__).parents[2] / "standins" / "mm_run_program.py"
SHORT = Length(20, None, 1, 0.02)
STAGES_MS = {"h2d_ms": 0.5, "compute_ms": 3.0, "d2h_ms": 0.3, "jitter": 0.2}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The stand-in, as it would lie on PATH."""
    path = tmp_path / "bin" / "mm_run"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -E -s "{PROGRAM}" "$@"\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def one_input(tmp_path: Path) -> Path:
    """A vision model of any batch."""
    return _model(tmp_path / "vision_force_float16_true", {"image": [-1, 3, 224, 224]})


@pytest.fixture
def two_inputs(tmp_path: Path) -> Path:
    """CLIP with its texts."""
    return _model(tmp_path / "clip_qint8_mixed_float16_true", {"image": [-1, 3, 224, 224], "text": [-1, 77]})


@pytest.fixture
def case(program: Path, one_input: Path) -> ToolCase:
    """A case of the vision model on device 0."""
    return ToolCase(
        model=str(one_input),
        batch_size=8,
        device_ids=("0",),
        instances=1,
        queue_depth=1,
        precision="",
        scope="host",
        options={"command": str(program)},
    )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a case as a sweep does, and gives what was reported and captured."""
    return runs_of(MmRun(), SHORT, tmp_path)


def _model(path: Path, inputs: Mapping[str, Sequence[int]]) -> Path:
    path.write_text(json.dumps({"inputs": inputs, **STAGES_MS}))
    return path
