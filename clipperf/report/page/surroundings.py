"""The environments of runs, key by key, and what differs between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from clipperf.report.page.content import Environment
from clipperf.results.environment import changes_between
from clipperf.results.folder import ENVIRONMENT, read_json


def environments_of(folders: Mapping[str, Path]) -> list[Environment]:
    """What every run folder has of its environment, runs with the same one together."""
    same: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for name, folder in folders.items():
        stored = read_json(folder / ENVIRONMENT)
        values = tuple(_flat(stored, ""))
        if stored:
            same.setdefault(values, []).append(name)
    return [Environment(", ".join(names), values) for values, names in same.items()]


def differences(folders: Mapping[str, Path]) -> list[str]:
    """How the environment of each run differs from that of the first."""
    (first, before), *others = folders.items()
    was = read_json(before / ENVIRONMENT)
    return [
        f"{name} against {first}: {change}"
        for name, folder in others
        for change in changes_between(was, read_json(folder / ENVIRONMENT))
        if was
    ]


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield path, ", ".join(map(str, value)) or "none"
    else:
        yield path, "not told" if value in (None, "", {}) else str(value)
