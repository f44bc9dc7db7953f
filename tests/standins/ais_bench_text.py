"""What the stand-in for ais_bench prints of its figures, and its summary."""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def say(text: str) -> None:
    """Python's logger and C++ both write whole lines, and flush them."""
    os.write(1, text.encode())


def info(text: str) -> None:
    """A line of either."""
    say(f"[INFO] {text}\n")


def statistics_of(times_ms: Sequence[float]) -> dict[str, float]:
    """As numpy has them, with interpolated percentiles."""
    ordered = sorted(times_ms)
    place = 0.99 * (len(ordered) - 1)
    low = ordered[int(place)]
    high = ordered[min(int(place) + 1, len(ordered) - 1)]
    return {
        "min": ordered[0],
        "max": ordered[-1],
        "mean": statistics.fmean(ordered),
        "median": statistics.median(ordered),
        "percentile(99%)": low + (high - low) * (place - int(place)),
    }


def performance_summary(times_ms: Sequence[float], batch_size: int, is_whole: bool) -> float:
    """Prints it and gives the throughput."""
    times = statistics_of(times_ms)
    throughput = 1000 * batch_size / times["mean"]
    copies = statistics_of([0.34])
    lines = ["-----------------Performance Summary------------------"]
    lines += [_line("H2D_latency", copies)] if is_whole else []
    lines += [_line("NPU_compute_time", times)]
    lines += [_line("D2H_latency", copies)] if is_whole else []
    lines += [f"throughput 1000*batchsize.mean({batch_size})/NPU_compute_time.mean({times['mean']}): {throughput}"]
    lines += ["-" * 54]
    for line in lines:
        info(line)
    return throughput


def _line(name: str, times: dict[str, float]) -> str:
    return f"{name} (ms): " + ", ".join(f"{key} = {value}" for key, value in times.items())


def write_summary(prefix: str, times_ms: Sequence[float], throughput: float, is_cut: bool) -> None:
    """``<prefix>_summary.json``; cut in the middle as by a full disk."""
    times = dict(statistics_of(times_ms), count=len(times_ms))
    copies = dict(statistics_of([0.34]), count=1)
    found: dict[str, Any] = {
        "filesinfo": {"0": {"infiles": ["pure_infer_data"], "outfiles": [f"{prefix}/pure_infer_data_0.bin"]}},
        "args": sys.argv,
        "NPU_compute_time": times,
        "H2D_latency": copies,
        "D2H_latency": copies,
        "npu_compute_time_list": list(times_ms),
        "throughput": throughput,
        "pid": os.getpid(),
    }
    text = json.dumps(found)
    Path(f"{prefix}_summary.json").write_text(text[: len(text) // 2] if is_cut else text, encoding="utf-8")
