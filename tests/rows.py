"""Rows made by hand: a measured one and one without figures, any column overridden."""

from __future__ import annotations

from typing import Any

import pandas as pd

from clipperf.results.frame import frame_of

Row = dict[str, Any]


def row(batch: int = 1, qps: float = 20.0, **columns: Any) -> Row:
    """One instance at depth 1 with 400 requests, so that every percentile has both bounds."""
    made: Row = {
        "schema_version": 1, "run_id": "run-1", "case_id": f"case-{batch}", "repeat": 0, "host": "box",
        "started_at": "2025-11-20T10:00:00Z", "model": "vit_b_32", "precision": "fp32", "batch_size": batch,
        "runner": "onnxruntime", "device": "0-1", "devices": 1, "instances": 1, "queue_depth": 1, "loop": "closed",
        "scope": "host", "measured_by": "clipperf", "runner_version": "1.23.0", "clipperf_version": "0.1.0",
        "status": "ok", "requests": 400, "qps": qps,
    }  # fmt: skip
    for percentile, longer in ((50, 1.0), (90, 1.05), (95, 1.1), (99, 1.2)):
        latency = 1000 * batch / qps * longer
        made[f"latency_p{percentile}_ms"] = latency
        made[f"latency_p{percentile}_low_ms"] = latency * 0.99
        made[f"latency_p{percentile}_high_ms"] = latency * 1.01
    return made | columns


def lost(batch: int = 1, status: str = "failed", **columns: Any) -> Row:
    """A case without figures, and without what its runner would have told."""
    kept = {key: value for key, value in row(batch).items() if not key.startswith(("latency", "qps", "requests"))}
    return kept | {"status": status, "runner_version": None} | columns


def sweep(**columns: Any) -> list[Row]:
    """The batch sweep of a processor: it saturates at batch 8."""
    rates = {1: 16.31, 2: 18.02, 4: 20.4, 8: 22.1, 16: 22.7, 32: 22.93, 64: 22.81}
    return [row(batch, qps, **columns) for batch, qps in rates.items()]


def frame(*rows: Row) -> pd.DataFrame:
    """The rows as a frame with all columns."""
    return frame_of(rows)
