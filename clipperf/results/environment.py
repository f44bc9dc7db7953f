"""The circumstances of a run, for environment.json: what a reader needs to believe or to repeat its numbers."""

from __future__ import annotations

import os
import platform
import socket
import subprocess
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

import clipperf

_LIBRARIES = ("numpy", "pandas", "onnx", "onnxruntime", "psutil")


def environment_of_host(root: Path = Path("/")) -> dict[str, Any]:
    """Processor, memory, limits, software and load; what the host does not tell is None. ``root`` is for tests."""
    return {
        "host": socket.gethostname(),
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "cpu": {
            "model": _cpu_model(root),
            "cores_physical": psutil.cpu_count(logical=False),
            "cores_logical": psutil.cpu_count(),
            "cores_available": sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
            "numa_nodes": len(list((root / "sys/devices/system/node").glob("node[0-9]*"))) or None,
            "governor": _read(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            "frequency_mhz": _frequency_mhz(),
            "quota_cores": cpu_quota_cores(root),
        },
        "memory": {
            "total_mb": round(psutil.virtual_memory().total / 1e6),
            "available_mb": round(psutil.virtual_memory().available / 1e6),
            "limit_mb": _memory_limit_mb(root),
            "swap_used_mb": round(psutil.swap_memory().used / 1e6),
        },
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "python": sys.version.split()[0],
        "clipperf": clipperf.__version__,
        "git_rev": git_revision(Path.cwd()),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "thread_settings": {
            name: value
            for name, value in sorted(os.environ.items())
            if name.endswith("_NUM_THREADS") or name == "OMP_PROC_BIND"
        },
        "clock": "CLOCK_MONOTONIC, resolution 1 ns",
    }


def cpu_quota_cores(root: Path = Path("/")) -> float | None:
    """Cores' worth of processor time that the container may use, by cgroup version 2 or 1; None where unlimited."""
    both = _read(root / "sys/fs/cgroup/cpu.max")
    if both is not None:
        quota, _, period = both.partition(" ")
    else:
        quota = _read(root / "sys/fs/cgroup/cpu/cpu.cfs_quota_us") or "max"
        period = _read(root / "sys/fs/cgroup/cpu/cpu.cfs_period_us") or "100000"
    return None if quota in ("max", "-1") else int(quota) / int(period or 100000)


def git_revision(folder: Path) -> str:
    """Short revision of the checkout that holds ``folder``, with + where tracked files changed; empty elsewhere."""
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> list[str]:
    """What differs between two environments beside load and free memory, one "key: old → new" each."""
    changes = []
    for key in sorted({*before, *after} - {"load_average", "available_mb", "swap_used_mb", "frequency_mhz"}):
        old, new = before.get(key), after.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            changes.extend(changes_between(old, new, f"{path}{key}."))
        elif old != new:
            changes.append(f"{path}{key}: {old} → {new}")
    return changes


def _cpu_model(root: Path) -> str | None:
    for line in (_read(root / "proc/cpuinfo") or "").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Model", "Hardware"):
            return value.strip()
    return platform.processor() or None


def _frequency_mhz() -> float | None:
    frequency = psutil.cpu_freq()
    return round(frequency.current) if frequency else None


def _memory_limit_mb(root: Path) -> int | None:
    text = _read(root / "sys/fs/cgroup/memory.max") or "max"
    return round(int(text) / 1e6) if text.isdigit() else None


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _read(path: Path) -> str | None:
    try:
        return path.read_text().strip() or None
    except (OSError, UnicodeDecodeError):
        return None
