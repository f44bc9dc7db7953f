"""What ships beside the code: figures that vendors have published, in clipperf's words."""

from __future__ import annotations

import csv
from pathlib import Path


def published() -> list[dict[str, str]]:
    """The published figures, a row each; empty text where a source says nothing.

    Columns are those of the results where they mean the same; ``vendor_queue_size`` is the vendor's own word, which is
    not our queue depth, and ``scope`` says what the vendor's clock went round.
    """
    with (Path(__file__).parent / "published.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
