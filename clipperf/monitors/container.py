"""Whether this is a container, by the traces that the common ones leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping

from clipperf.monitors.text_file import read_text

if TYPE_CHECKING:
    from pathlib import Path

_WORDS = ("kubepods", "docker", "podman", "containerd", "lxc")


def container(root: Path, settings: Mapping[str, str]) -> str | None:
    """The kind of container, from ``settings`` (environment variables) and files; None where there is no trace."""
    if "KUBERNETES_SERVICE_HOST" in settings:
        return "kubernetes"
    named = read_text(root / "run/systemd/container")
    if named is not None:
        return named
    for file, kind in ((".dockerenv", "docker"), ("run/.containerenv", "podman")):
        if (root / file).exists():
            return kind
    groups = read_text(root / "proc/1/cgroup") or ""
    return next((word for word in _WORDS if word in groups), None)
