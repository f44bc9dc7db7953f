"""Memory and swap of the host, from /proc/meminfo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clipperf.monitors.text_file import read_text

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Memory:
    """In 10⁶ bytes; ``available_mb`` is what can be had without swapping."""

    total_mb: float
    available_mb: float
    swap_total_mb: float
    swap_used_mb: float


def read_memory(root: Path) -> Memory | None:
    """The memory now; None where the host does not tell."""
    values = {}
    for line in (read_text(root / "proc/meminfo") or "").splitlines():
        name, _, amount = line.partition(":")
        values[name] = int(amount.split()[0]) * 1024 / 1e6
    if "MemTotal" not in values or "MemAvailable" not in values:
        return None
    swap_total = values.get("SwapTotal", 0.0)
    used = swap_total - values.get("SwapFree", 0.0)
    return Memory(values["MemTotal"], values["MemAvailable"], swap_total, used)
