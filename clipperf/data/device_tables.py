"""Device tables: what the simulated device must be told to take as long as a published one, model by model.

A table is a JSON file in ``devices/`` that holds for each model options of the simulated device. Its times follow from
the published figures:

- For a device that serves one request at a time the execution takes batch size ÷ samples per second, or the time that
  was published.
- Where throughput was published with one request in flight and with several, the device is a pipeline. With several
  the execution never waits and takes 1 ÷ qps; what a request takes longer when it is alone is preprocessing and copies.
  Latencies follow: 1 ÷ qps alone and, by Little's law, depth ÷ qps. The published ones vary alone and hardly with
  several, so that what varies is the stage that hides behind the execution: ``copy_in_jitter_pct``, fitted to the
  published percentiles.
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
