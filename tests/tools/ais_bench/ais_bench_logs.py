"""Logs and summaries written here as the releases write them, for what no recorded one has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

BAR = "\rInference array Processing: 100%|##########| {sets}/{sets} [00:00<00:00,  1.80it/s]\n"


def block(mean: float, batch_size: int = 4, is_mean_alone: bool = False) -> str:
    """A Performance Summary of times around a mean."""
    times = f"mean = {mean}"
    if not is_mean_alone:
        times = f"min = {mean - 1}, max = {mean + 1}, {times}, median = {mean}, percentile(99%) = {mean + 0.9}"
    head = f"throughput 1000*batchsize.mean({batch_size})/NPU_compute_time.mean({mean})"
    return (
        "[INFO] -----------------Performance Summary------------------\n"
        f"[INFO] NPU_compute_time (ms): {times}\n"
        f"[INFO] {head}: {1e3 * batch_size / mean}\n"
        "[INFO] ------------------------------------------------------\n"
    )


def begin(device: int = 0, model: str = "/m/x_bs4.om", is_new: bool = True) -> str:
    """What comes before the warm-up."""
    return (
        f"[INFO] acl init success\n[INFO] open device {device} success\n"
        + ("[INFO] create new context\n" if is_new else "")
        + f"[INFO] load model {model} success\n[INFO] create model description success\n"
    )


def end(device: int = 0) -> str:
    """What comes after the figures."""
    return (
        f"[INFO] unload model success, model Id is 1\n[INFO] end to reset device {device}\n[INFO] end to finalize acl\n"
    )


def counted(loops: int, sets: int = 1) -> str:
    """The warm-up and what the progress bars leave."""
    counters = (
        "".join(f"\rloop inference exec: ({number}/{loops})" for number in range(1, loops + 1)) if loops > 1 else ""
    )
    return f"[INFO] try get model batchsize:4\n[INFO] warm up 1 done\n{counters}\n" + BAR.format(sets=sets)


def run(mean: float, loops: int = 10, device: int = 0) -> str:
    """A whole run."""
    return begin(device) + counted(loops) + block(mean) + end(device)


def listed(position: int, device: int, mean: float, begin_s: float, end_s: float, gap: str = " " * 17) -> str:
    """The line of one of a list of devices."""
    head = "[INFO] " if len(gap) > 1 else ""
    return f"{head}i:{position} device_{device} throughput:{4e3 / mean}{gap}start_time:{begin_s} end_time:{end_s}\n"


def summary(entries: Sequence[Any], arguments: str = "", **others: Any) -> str:
    """A summary with these latencies: durations, or pairs of begin and end."""
    array = np.asarray(entries, dtype=float)
    if array.ndim == 1:
        times = {
            "min": array.min(),
            "max": array.max(),
            "mean": array.mean(),
            "median": float(np.median(array)),
            "percentile(99%)": float(np.percentile(array, 99)),
        }
    else:
        times = {"mean": others.pop("mean")}
    told = {
        "filesinfo": {},
        "args": ["/ais_bench/__main__.py", *arguments.split()],
        "NPU_compute_time": {**times, "count": len(entries)},
        "H2D_latency": {"mean": 0.3, "count": 1},
        "D2H_latency": {"mean": 0.1, "count": 1},
        "npu_compute_time_list": [list(entry) if isinstance(entry, tuple) else entry for entry in entries],
        "throughput": 4e3 / times["mean"],
        "pid": 1,
    }
    return json.dumps({**told, **others})
