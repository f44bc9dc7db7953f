"""Device tables: what the simulated device must be told to take as long as a published one, model by model.

A table is a JSON file in ``devices/`` that holds for each model options of the simulated device. Its times follow from
the published figures: batch size ÷ samples per second for a device that serves one request at a time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "devices"


def device_tables() -> tuple[str, ...]:
    """The names of all tables."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


def read_device_table(name: str) -> Mapping[str, Mapping[str, Any]]:
    """Options of the simulated device by model; KeyError where there is no such table."""
    if name not in device_tables():
        raise KeyError(name)
    table: Mapping[str, Mapping[str, Any]] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return table
