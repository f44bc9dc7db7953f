"""Puts stand-ins for the vendors' programs on PATH, each with a scene of its own to answer from."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "monitors" / "fixtures"
STANDINS = Path(__file__).parent / "standins"
_PROGRAMS = {
    "npu-smi": ("npu_smi_program.py", "NPU_SMI_SCENE"),
    "cnmon": ("cnmon_program.py", "CNMON_SCENE"),
    "bm-smi": ("bm_smi_program.py", "BM_SMI_SCENE"),
    "vasmi": ("vasmi_program.py", "VASMI_SCENE"),
}


def without_programs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of a host without vendors' programs, but with the system's; gives the folder in front of it."""
    front = folder / "bin"
    front.mkdir(exist_ok=True)
    monkeypatch.setenv("PATH", os.pathsep.join([str(front), "/usr/bin", "/bin"]))
    for variable in ("ASCEND_RT_VISIBLE_DEVICES", "MLU_VISIBLE_DEVICES"):
        monkeypatch.delenv(variable, raising=False)
    return front


def install(program: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Installs a stand-in and gives its scene, which is still empty."""
    file, variable = _PROGRAMS[program]
    script = without_programs(folder, monkeypatch) / program
    words = shlex.join([sys.executable, "-I", "-S", str(STANDINS / file)])
    script.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    script.chmod(0o755)
    scene = folder / f"{program}-scene"
    scene.mkdir()
    monkeypatch.setenv(variable, str(scene))
    return scene


def npu_smi(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Installs npu-smi with a copy of a made-up scene, which the test may change."""
    scene = install("npu-smi", folder, monkeypatch)
    shutil.copytree(FIXTURES / "npu-smi" / name, scene, dirs_exist_ok=True)
    return scene


def cnmon(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Installs cnmon with a table."""
    scene = install("cnmon", folder, monkeypatch)
    shutil.copy(FIXTURES / "cnmon" / f"{name}.txt", scene / "table.txt")
    return scene


def bm_smi(folder: Path, monkeypatch: pytest.MonkeyPatch, **texts: str) -> Path:
    """Installs bm-smi with a text, a table, or both."""
    scene = install("bm-smi", folder, monkeypatch)
    for kind, name in texts.items():
        shutil.copy(FIXTURES / "bm-smi" / f"{kind}-{name}.txt", scene / f"{kind}.txt")
    return scene


def asked(scene: Path) -> list[str]:
    """What a stand-in was asked so far, in order."""
    return (scene / "asked.log").read_text(encoding="utf-8").splitlines()
