"""Texts as mm_run prints them, from figures: for tests of what is read out of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

STAMP = "2026-03-02 10:20:30.405060: INFO: samples/mm_run/trace.cc:262] "
READINGS = {"chip_util(%)": 90.5, "mem_util(MB)": 2048, "power_util(W)": 101.25, "temp_util(C)": 55}


def statistics(mean: float, spread: float = 0.1) -> str:
    """A line's statistics around a mean."""
    low, high = mean * (1 - spread), mean * (1 + spread)
    figures = {"min": low, "max": high, "mean": mean, "median": mean}
    text = " ".join(f"{name}: {value:<10.5g}" for name, value in figures.items())
    return f"{text} percentile: (90%) {high:<10.5g} (95%) {high:<10.5g} (99%) {high:<10.5g}"


def parameters(**flags: object) -> str:
    """The first block, with these flags in place of its defaults."""
    values: dict[str, object] = {
        "magicmind_model<Str>": "/models/clip_onnx_force_float32_true",
        "batch_size<Vec<Int>>": "32",
        "devices<Vec<Int>>": "0",
        "threads<Int>": "1",
        "warmup<Int>": "200",
        "duration<Int>": "3000",
        "iterations<Int>": "100",
        "disable_data_copy<Bool>": "false",
        "buffer_depth<Int>": "2",
        "infer_depth<Int>": "2",
        "trace_time<Str>": "host",
    }
    for flag, value in flags.items():
        values[next((name for name in values if name.startswith(f"{flag}<")), f"{flag}<Str>")] = value
    lines = "".join(f"{'--' + name:<30}: {value} \n" for name, value in values.items())
    versions = "MagicMind: 11534336\nCNRT: 50801\nCNAPI: 10803\nPID: 12345\n"
    return f"{STAMP}\n==================== Parameter Information\n{lines}{versions}"


def summary(
    device: int | None = 0,
    *,
    iterations: int = 1000,
    wall_s: float = 10.0,
    qps: float | str = 3200.0,
    rate: float | None = 100.0,
    shapes: Sequence[str] = ("[[32, 3, 224, 224]]",),
    clocks: Mapping[str, str] = {"host": "Latency(host clock, ms)"},
    copy_ms: float = 1.0,
    width: int = 40,
) -> str:
    """A device's two blocks; ``rate`` None is an older release, ``device`` None leaves the first block out."""
    text = f"{STAMP}\n"
    if device is not None:
        text += f"=================== Device {device} Utilization Summary\n"
        text += "".join(f"{label + ':':<30}{statistics(value)}\n" for label, value in READINGS.items())
    text += "=================== Performance Summary\n"
    text += f"{'Total iterations:':<{width}}{iterations}\n{'Host wall time(s):':<{width}}{wall_s:.5g}\n"
    text += f"{'Total MLU compute time(host clock, s):':<{width}}{iterations * 0.008:.5g}\n"
    text += f"{'Throughput (qps):':<{width}}{qps if isinstance(qps, str) else f'{qps:.5g}'}"
    if rate is not None:
        text += f" with total batch sizes: {iterations * 32} and {rate:.5g} iterations/second"
    text += "\n"
    for number, group in enumerate(shapes):
        text += f"{'Input shape group ':<{width}}{number}: {group}\n"
        stages = {"H2D Summary:": copy_ms, "MLU Compute (Launch jobs) Summary:": 8.0, "D2H Summary:": copy_ms}
        stages["Total Latency Summary(H2D + Compute + D2H):"] = 8.0 + 2 * copy_ms
        for title, mean in stages.items():
            text += f"  {title}\n"
            text += "".join(f"  {label}:    {statistics(mean)}\n" for label in clocks.values())
            text += f"  Interface Duration(ms):     {statistics(0.05)}\n" if "Total" not in title else ""
    return text + "Trace average MLU Compute perf over 100:\n  Latency(host clock, ms): 777.0      \n"
