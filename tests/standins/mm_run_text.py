"""What the stand-in for mm_run prints, all of it to standard error, in the layout of Cambricon's ``trace.cc``."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from mm_run_device import Device, Request

UTILISATION = {
    "chip_util(%)": [0, 96, 97, 98],
    "mem_util(MB)": [1805, 1805, 1806, 1806],
    "power_util(W)": [34, 108, 110, 112],
    "temp_util(C)": [41, 44, 46, 47],
}


def log(level: str, place: str, text: str) -> None:
    """A line with its stamp."""
    say(f"{datetime.now():%Y-%m-%d %H:%M:%S.%f}: {level}: {place}] {text}")


def say(text: str) -> None:
    """A line without."""
    print(text, file=sys.stderr, flush=True)


class Printer:
    """Prints as a release of the given age does."""

    def __init__(self, age: str) -> None:
        self._age = age

    def parameters(self, values: Mapping[str, str], kinds: Mapping[str, str]) -> None:
        """Every flag, and the versions."""
        if self._age == "bare":
            return
        lines = "".join(f"{f'--{flag}<{kinds[flag]}>':<30}: {value} \n" for flag, value in values.items())
        log("INFO", "samples/mm_run/main.cc:40", f"\n==================== Parameter Information\n{lines}")
        say("MagicMind: 11534336\nCNRT: 50801\nCNAPI: 10803\nPID: 4711")

    def times_of(self, device: Device) -> None:
        """What each thread took."""
        for thread, requests in sorted(device.requests.items()):
            name = f"dev_{device.number}_thread_{thread}"
            took_ms = (requests[-1].end_ns - requests[0].begin_ns) / 1e6 if requests else 0.0
            log("INFO", "samples/common/timer.cc:34", f"warmup_{name} time is {device.warmup_ms[thread]:.6g} ms.")
            log("INFO", "samples/common/timer.cc:34", f"infer_{name} time is {took_ms:.6g} ms.")
            log("INFO", "samples/mm_run/run.cc:55", f"Run {name} finished with total duration: {took_ms:.5g}")

    def summary(self, device: Device, shapes: Sequence[Sequence[int]], clocks: str) -> None:
        """The blocks of a device."""
        requests, wall_s = device.all_requests(), device.wall_s()
        counted = len(requests) * max((shape[0] for shape in shapes if shape), default=0)
        throughput = f"{'Throughput (qps): ':<40}{counted / wall_s:.5g}"
        if self._age == "bare":
            say(throughput)
            return
        readings = "\n".join(f"{label + ': ':<30}{_statistics(values)}" for label, values in UTILISATION.items())
        text = f"\n=================== Device {device.number} Utilization Summary\n{readings}"
        text += "\n=================== Performance Summary\n"
        text += f"{'Total iterations: ':<40}{len(requests)}\n{'Host wall time(s): ':<40}{wall_s:.5g}\n"
        if clocks in ("host", "both"):
            text += f"{'Total MLU compute time(host clock, s): ':<40}{sum(_stage(requests, 'compute')) / 1e3:.5g}\n"
        if clocks in ("dev", "both"):
            text += f"{'Total MLU compute time(dev clock, s): ':<40}{sum(_device_ms(requests)) / 1e3:.5g}\n"
        text += throughput
        if self._age == "new":
            text += f" with total batch sizes: {counted} and {len(requests) / wall_s:.5g} iterations/second"
        text += f"\n{'Input shape group ':<40}0: [{', '.join(str(list(shape)) for shape in shapes)}]\n"
        log("INFO", "samples/mm_run/trace.cc:262", text + _groups(requests, clocks))

    def trace(self, device: Device, shapes: Sequence[Sequence[int]], folder: str, *, is_cut: bool) -> None:
        """The JSON of a device; the keys of the statistics are made up, and nothing may depend on them."""
        requests = device.all_requests()
        content = {
            "iterations": len(requests),
            "inputType": 0,
            "mluComputTime(s)": sum(_stage(requests, "compute")),
            "mluComputTime(dev|s)": sum(_device_ms(requests)),
            "chip_util(%)": {"a": 1.0},
            "trace": [{"inputDims": [list(shape) for shape in shapes], "latency(host|ms)": {"b": 2.0}}],
        }
        text = json.dumps(content)
        name = f"dev{device.number}{datetime.now():%Y-%m-%d %H:%M:%S}.json"
        (Path(folder) / name).write_text(text[: len(text) // 2] if is_cut else text, encoding="utf-8")


def _groups(requests: Sequence[Request], clocks: str) -> str:
    titles = {
        "h2d": "H2D Summary:",
        "compute": "MLU Compute (Launch jobs) Summary:",
        "d2h": "D2H Summary:",
        "total": "Total Latency Summary(H2D + Compute + D2H):",
    }
    text = ""
    for stage, title in titles.items():
        if stage == "total" and clocks == "none":
            continue
        text += f"  {title}\n"
        device_ms = _device_ms(requests) if stage == "compute" else _stage(requests, stage)
        if clocks in ("host", "both"):
            text += f"{'  Latency(host clock, ms): ':<30}{_statistics(_stage(requests, stage))}\n"
        if clocks in ("dev", "both"):
            text += f"{'  Latency(dev clock, ms): ':<30}{_statistics(device_ms)}\n"
        if stage != "total":
            text += f"{'  Interface Duration(ms): ':<30}{_statistics([0.016, 0.028, 0.104])}\n"
    moving = f"  Latency(host clock, ms): {999.0:<10}  Interface Duration(ms): {0.05:<10}\n"
    return text + f"Trace average MLU Compute perf over {len(requests)}:\n{moving}"


def _stage(requests: Sequence[Request], stage: str) -> list[float]:
    h2d = [(request.copied_in_ns - request.begin_ns) / 1e6 for request in requests]
    compute = [(request.computed_ns - request.copied_in_ns) / 1e6 for request in requests]
    d2h = [(request.end_ns - request.computed_ns) / 1e6 for request in requests]
    total = [sum(parts) for parts in zip(h2d, compute, d2h, strict=True)]
    return {"h2d": h2d, "compute": compute, "d2h": d2h, "total": total}[stage]


def _device_ms(requests: Sequence[Request]) -> list[float]:
    return [request.device_ns / 1e6 for request in requests]


def _statistics(values: Sequence[float]) -> str:
    ordered = sorted(values)
    at = {share: ordered[max(0, math.ceil(len(ordered) * share) - 1)] for share in (0.5, 0.9, 0.95, 0.99)}
    figures = {"min": ordered[0], "max": ordered[-1], "mean": sum(ordered) / len(ordered), "median": at[0.5]}
    text = " ".join(f"{name}: {value:<10.5g}" for name, value in figures.items())
    return f"{text} percentile: (90%) {at[0.9]:<10.5g} (95%) {at[0.95]:<10.5g} (99%) {at[0.99]:<10.5g}"
