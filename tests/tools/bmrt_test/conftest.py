"""bmrt_test as a program on disk: the stand-in for it, its models, and a way to run a case with it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from bmrt_test_cases import Run
from tool_runs import runs_of

from clipperf.tools.base import Length, ToolCase
from clipperf.tools.bmrt_test import BmrtTest

STANDINS = Path(__file__).parents[2] / "standins"
SHORT = Length(20, None, 2)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stand-in, as it would lie on PATH, without model_tool beside it."""
    for name in ("BMRUNTIME_ENABLE_PROFILE", "BMRT_SAVE_IO_TENSORS"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "bin").mkdir()
    return _script(tmp_path / "bin" / "bmrt_test", "bmrt_test_program.py")


@pytest.fixture
def model_tool(program: Path) -> Path:
    """Its neighbour."""
    return _script(program.parent / "model_tool", "model_tool_program.py")


@pytest.fixture
def bmodel(tmp_path: Path) -> Callable[..., Path]:
    """Writes a model with nets of one input each, by the batch sizes of their stages."""

    def write(nets: dict[str, Sequence[int]], *, dynamic: bool = False, name: str = "vit.bmodel", **more: Any) -> Path:
        told = [
            {"name": net, "dynamic": dynamic, "stages": [[[batch, 3, 32, 32]] for batch in batches]}
            for net, batches in nets.items()
        ]
        path = tmp_path / name
        path.write_text(json.dumps({"nets": told, "us_per_sample": 500, **more}))
        return path

    return write


@pytest.fixture
def case(program: Path, bmodel: Callable[..., Path]) -> ToolCase:
    """A case of a model of batch 4 on device 0."""
    return ToolCase(
        model=str(bmodel({"vit": [4]})),
        batch_size=4,
        device_ids=("0",),
        instances=1,
        queue_depth=1,
        precision="",
        scope="compute",
        options={"command": str(program)},
    )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a case as a sweep does, and gives what was reported and captured."""
    return runs_of(BmrtTest(), SHORT, tmp_path)


def _script(path: Path, standin: str) -> Path:
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -E -s "{STANDINS / standin}" "$@"\n')
    path.chmod(0o755)
    assert os.access(path, os.X_OK)
    return path
