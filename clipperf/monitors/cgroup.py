"""Limits of the control groups that this process is in, of version 1, 2 or both.

Sources: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ of the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clipperf.monitors.text_file import read_number, read_text

if TYPE_CHECKING:
    from pathlib import Path

_UNLIMITED_BYTES = 2**60  # version 1 writes the largest multiple of a page below 2⁶³ for "no limit"


@dataclass(frozen=True)
class Throttling:
    """How often, and for how long in s, all threads of a group were stopped because its quota was used up."""

    periods: int
    seconds: float


def group_folders(controller: str, root: Path) -> list[Path]:
    """The folder of the own group and those of the groups above it, whose limits hold as well."""
    mount, inside = _place_of(controller, root)
    folder = mount / inside
    if ".." in folder.parts or not folder.is_dir():
        # A container without a namespace of its own is told the host's path, and sees its group as the mount itself.
        folder = mount
    if not folder.is_dir():
        return []
    depth = len(folder.relative_to(mount).parts)
    return [folder, *list(folder.parents)[:depth]]


def cpu_quota_cores(root: Path) -> float | None:
    """Cores' worth of processor time that the groups may use; None where nothing limits it."""
    quotas = []
    for folder in group_folders("cpu", root):
        both = read_text(folder / "cpu.max")
        if both is not None:
            quota, _, period = both.partition(" ")
        else:
            quota = read_text(folder / "cpu.cfs_quota_us") or "max"
            period = read_text(folder / "cpu.cfs_period_us") or "100000"
        if quota.isdigit():
            quotas.append(int(quota) / int(period or "100000"))
    return min(quotas, default=None)


def memory_limit_mb(root: Path) -> float | None:
    """The smallest memory limit of the groups in 10⁶ bytes; None where nothing limits it."""
    limits = []
    for folder in group_folders("memory", root):
        for name in ("memory.max", "memory.limit_in_bytes"):
            limit = read_number(folder / name)
            if limit is not None and limit < _UNLIMITED_BYTES:
                limits.append(limit / 1e6)
    return min(limits, default=None)


def parse_throttling(text: str) -> Throttling | None:
    """The throttling in a cpu.stat: ``throttled_usec`` in version 2, ``throttled_time`` in ns in version 1."""
    values = dict(line.split()[:2] for line in text.splitlines() if len(line.split()) >= 2)
    if "nr_throttled" not in values:
        return None
    if "throttled_usec" in values:
        return Throttling(int(values["nr_throttled"]), int(values["throttled_usec"]) * 1e-6)
    return Throttling(int(values["nr_throttled"]), int(values.get("throttled_time", 0)) * 1e-9)


def throttling(root: Path) -> Throttling | None:
    """Throttling so far, summed over the groups; None where no group counts it."""
    texts = [read_text(folder / "cpu.stat") for folder in group_folders("cpu", root)]
    found = [each for each in (parse_throttling(text) for text in texts if text is not None) if each is not None]
    if not found:
        return None
    return Throttling(sum(each.periods for each in found), sum(each.seconds for each in found))


def _place_of(controller: str, root: Path) -> tuple[Path, str]:
    """Where the hierarchy that has the controller is mounted, and the own group's path in it."""
    mounts = root / "sys/fs/cgroup"
    unified = ""
    for line in (read_text(root / "proc/self/cgroup") or "").splitlines():
        number, names, path = line.split(":", 2)
        if number == "0" and not names:
            unified = path.lstrip("/")
        elif controller in names.split(","):
            named = mounts / controller
            return (named if named.is_dir() else mounts / names), path.lstrip("/")
    return (mounts / "unified" if (mounts / "unified").is_dir() else mounts), unified
