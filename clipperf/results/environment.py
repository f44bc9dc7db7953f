"""The circumstances of a run, for environment.json: what a reader needs to believe or to repeat its numbers."""

from __future__ import annotations

import os
import platform
import socket
import subprocess
import time
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import clipperf
from clipperf.monitors.cgroup import cpu_quota_cores, memory_limit_mb
from clipperf.monitors.clock import clock_source, clock_step_ns, timer_slack_ns
from clipperf.monitors.container import container
from clipperf.monitors.frequency import fastest_mhz
from clipperf.monitors.frequency_policy import bounds_mhz, governors, is_turbo_on
from clipperf.monitors.host import available_cores, load_average
from clipperf.monitors.memory import read_memory
from clipperf.monitors.processor import (
    arithmetic,
    numa_nodes,
    parse_cpuinfo,
    physical_cores,
    processor_model,
    virtual_machine,
)
from clipperf.monitors.text_file import read_number, read_text

_LIBRARIES = ("numpy", "pandas", "onnx", "onnxruntime", "openvino", "torch", "psutil")
_THREAD_SETTINGS = ("OMP_", "KMP_", "GOMP_", "MKL_", "OPENBLAS_", "BLIS_", "TBB_", "ORT_", "MALLOC_", "PYTHONMALLOC")
_NOW = "now"  # holds what differs from one moment to the next, and is no change of the circumstances


def environment_of_host(root: Path = Path("/"), models: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Processor, memory, limits, clocks, software and load, all of JSON's own types; what the host hides is None.

    ``models`` are SHA-256 by name, kept as they are; ``root`` is for tests.
    """
    cpuinfo = parse_cpuinfo(read_text(root / "proc/cpuinfo") or "")
    physical, memory, limit_mb = physical_cores(root), read_memory(root), memory_limit_mb(root)
    environment = {
        "host": socket.gethostname(),
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "libc": " ".join(platform.libc_ver()),
        "virtual_machine": virtual_machine(cpuinfo, root),
        "container": container(root, os.environ),
        "cpu": {
            "model": processor_model(cpuinfo),
            "arithmetic": arithmetic(cpuinfo),
            "cores_physical": len(physical) if physical else None,
            "cores_logical": sum(map(len, physical)) if physical else None,
            "cores_available": sorted(available_cores()),
            "smt": any(len(siblings) > 1 for siblings in physical) if physical else None,
            "numa_nodes": numa_nodes(root),
            "governors": governors(root),
            "frequency_bounds_mhz": _listed(bounds_mhz(root)),
            "turbo": is_turbo_on(root),
            "quota_cores": cpu_quota_cores(root),
        },
        "memory": {
            "total_mb": round(memory.total_mb) if memory else None,
            "swap_mb": round(memory.swap_total_mb) if memory else None,
            "limit_mb": None if limit_mb is None else round(limit_mb),
            "transparent_hugepages": _chosen(read_text(root / "sys/kernel/mm/transparent_hugepage/enabled")),
            "address_space_randomisation": read_number(root / "proc/sys/kernel/randomize_va_space"),
        },
        "clock": {
            "name": "CLOCK_MONOTONIC",
            "source": clock_source(root),
            "timer_slack_ns": timer_slack_ns(root),
        },
        "python": {
            "version": platform.python_version(),
            "implementation": platform.python_implementation(),
            "compiler": platform.python_compiler(),
        },
        "clipperf": clipperf.__version__,
        "git_rev": git_revision(Path.cwd()),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "thread_settings": {
            name: value
            for name, value in sorted(os.environ.items())
            if name.startswith(_THREAD_SETTINGS) or name.endswith("_NUM_THREADS") or name == "LD_PRELOAD"
        },
        _NOW: {
            "load_average": _listed(load_average()),
            "uptime_s": _uptime_s(root),
            "memory_available_mb": round(memory.available_mb) if memory else None,
            "swap_used_mb": round(memory.swap_used_mb) if memory else None,
            "frequency_mhz": fastest_mhz(available_cores(), root),
            "clock_step_ns": clock_step_ns(time.monotonic_ns),
        },
    }
    return environment if models is None else {**environment, "models": dict(models)}


def git_revision(folder: Path) -> str:
    """Short revision of the checkout that holds ``folder``, with + where tracked files changed; empty elsewhere."""
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs between two environments, one "key: old → new" each; parts that only one of them has are left out.

    Those are the runner and the models, which are added to a run's own environment, and keys of other versions.
    """
    return _changes(
        {key: before[key] for key in before if key in after and key != _NOW},
        {key: after[key] for key in after if key in before and key != _NOW},
        "",
    )


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> list[str]:
    changes = []
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            changes.extend(_changes(old, new, f"{path}{key}."))
        elif old != new:
            changes.append(f"{path}{key}: {old} → {new}")
    return changes


def _listed(values: tuple[float, ...] | None) -> list[float] | None:
    return None if values is None else [round(value, 2) for value in values]


def _chosen(text: str | None) -> str | None:
    """The word in brackets, as the kernel marks the one of several settings that holds."""
    return None if text is None else text.partition("[")[2].partition("]")[0] or text


def _uptime_s(root: Path) -> float | None:
    text = read_text(root / "proc/uptime")
    return None if text is None else float(text.split()[0])


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
