"""Nights for the tests of pages: one with everything on it, and one whose every name means harm."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nights import figures, night, track
from rows import frame, lost, row

from clipperf.analysis.night_summary import CONTROL, NightSummary, NightSweep, Remark
from clipperf.analysis.night_tracks import Track
from clipperf.analysis.night_verdict import judge_night
from clipperf.report.export import csv_text
from clipperf.results.folder import ENVIRONMENT, RESULTS

NIGHTS = 120
MODELS, PRECISIONS, DEVICES, BATCHES = ("vision", "text", "vit_b_16", "vit_l_14"), ("fp32", "int8"), 5, (1, 2, 4, 8, 16)
"""200 series together."""

HOSTILE = (
    "</script><script>document.title='harmed'</script><img src=x onerror=\"document.title='harmed'\">"
    "'; DROP TABLE runs; --../../etc\x1b[2J\u202e=1+1 {{7*7}} %{x} <b>bold</b>"
)
ENVIRONMENT_OF_BOX = {
    "host": "box",
    "cpu": {"model": "A processor", "cores_available": [0, 1], "governors": None},
    "libraries": {"onnxruntime": "1.23.0"},
    "runner": {"name": "onnxruntime", "version": "1.23.0", "devices": ["0", "1"]},
}


def rich_night(reports: Path, name: str = "vision") -> tuple[NightSummary, Path]:
    """The summary of a night with 200 series over 120 nights, and its folder, in which its run folders are.

    Devices 0 to 4; qps and p50 of every series; steps, a bad last night, an end of circumstances, a new series, failed
    cases with logs, warnings, energy and a pipeline's scope. ``name`` is what the first model is called.
    """
    series = {f"{number:016x}": axes for number, axes in enumerate(_axes(name))}
    tracks = [each for number, (key, axes) in enumerate(series.items()) for each in _tracks(number, key, axes)]
    control = {"c" * 16: {**next(_axes("tiny-vision")), "side": CONTROL}}
    last = night(NIGHTS - 1)
    folder = reports / last.isoformat()
    sweeps = (_run(folder, "sweep-cpu", series.values(), name), NightSweep("accelerator", folder / "none", 0, 0, "No."))
    summary = NightSummary(
        night=last,
        host="box",
        threshold=0.02,
        sweeps=sweeps,
        verdicts=tuple(judge_night(tracks, last)),
        series={**series, **control},
        control=tuple(judge_night([track(figures(0.01, NIGHTS, seed=999), series="c" * 16)], last)),
        breaks={f"{4:016x}": "driver_version was 24.0 and is 24.1"},
        unfit=("swap: 120 MB are in use",),
        changes=("cpu.governors: performance → powersave",),
        remarks=(Remark(night(100), f"{name}: driver 24.1", "ann"),),
    )
    return summary, folder


def hostile_night(reports: Path) -> tuple[NightSummary, Path]:
    """The same with one name everywhere that would do harm where it is taken for markup, script, path or formula."""
    summary, folder = rich_night(reports, HOSTILE)
    sweeps = (replace(summary.sweeps[0], name=HOSTILE), replace(summary.sweeps[1], name=HOSTILE, error=HOSTILE))
    told = replace(summary, host=HOSTILE, unfit=(HOSTILE,), changes=(HOSTILE,), sweeps=sweeps)
    return told, folder


def _axes(name: str) -> Iterator[dict[str, Any]]:
    for model in (name, *MODELS[1:]):
        for precision in PRECISIONS:
            for device in range(DEVICES):
                for batch in BATCHES:
                    yield {
                        "model": model, "precision": precision, "batch_size": batch, "runner": "onnxruntime",
                        "device": str(device), "instances": 1, "queue_depth": 1, "loop": "closed", "arrival": None,
                        "offered_rate": None, "scope": "host", "side": None, "options": "{}",
                    }  # fmt: skip


def _tracks(number: int, key: str, axes: Mapping[str, Any]) -> Iterator[Track]:
    steps = {0: {117: -0.12}, 1: {117: -0.10}, 2: {119: -0.15}, 3: {60: 0.2, 116: 0.1}}.get(number, {})
    circumstances = {117: "another driver"} if number == 4 else {}
    values = figures(0.01, NIGHTS, steps, seed=number) * _qps(number, axes) / 100
    if number == 5:
        values[:-1] = float("nan")
    yield track(values, series=key, circumstances=circumstances)
    yield track(1000 * axes["batch_size"] / values, "latency_p50_ms", key, circumstances=circumstances)


def _run(folder: Path, name: str, series: Any, model: str) -> NightSweep:
    run = folder / "runs" / name
    (run / "logs").mkdir(parents=True)
    warning = {"code": "host-busy", "sentence": f"Other programs than {model} took 50 %.", "remedy": "Stop them."}
    rows = [
        _row(axes, number, warnings=json.dumps([warning]) if number % 50 == 0 else None)
        for number, axes in enumerate(series)
    ]
    rows += [_row({**axes, "scope": "pipeline"}, number) for number, axes in enumerate([*series][:5])]
    failed = {"model": model, "error_kind": "crash", "error": f"{model} died.", "device": "0"}
    rows += [lost(32, case_id="dead", **failed), lost(64, case_id="../../../secret", **failed)]
    (run / "logs" / "dead-0.log").write_text("".join(f"line {line} of {model}\n" for line in range(50)), "utf-8")
    (folder / "secret-0.log").write_text("a secret", "utf-8")
    (run / RESULTS).write_text(csv_text(frame(*rows)), encoding="utf-8")
    (run / ENVIRONMENT).write_text(json.dumps(ENVIRONMENT_OF_BOX), encoding="utf-8")
    return NightSweep(name, run, len(rows), 2)


def _qps(number: int, axes: Mapping[str, Any]) -> float:
    batch = axes["batch_size"]
    return (20 + number / 9) * batch / (1 + 0.1 * batch)


def _row(axes: Mapping[str, Any], number: int, **more: Any) -> dict[str, Any]:
    batch = int(axes["batch_size"])
    qps = _qps(number, axes) * (0.88 if number == 0 else 1)
    energy = {"energy_j_per_sample": 2 / (1 + batch)} if axes["device"] == "0" else {}
    bounds = {"qps_ci_low": qps * 0.98, "qps_ci_high": qps * 1.02}
    return row(batch, qps) | axes | energy | bounds | {"case_id": f"case{number}"} | more
