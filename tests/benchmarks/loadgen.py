"""clipperf beside a bare loop and MLPerf LoadGen, whole programs in turn, over the same slots on the same core.

Needs ``pip install -e '.[benchmarks]'``. Closed: qps of SingleStream and of the bare loop against depth 1, and the most
requests a second where the device does nothing. Open: how far the p99 of Server and of clipperf's Poisson arrivals is
from what a server of known service time must give over the very schedule that each of them drew.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

# Asked for here too, so that its absence is told at once and not by a process that fails.
import mlperf_loadgen  # noqa: F401
import numpy as np
from record import Figure, arguments, tell

from clipperf.measure.percentile import nearest_rank
from clipperf.results.samples_file import read_samples
from clipperf.validation.lindley import completions_ns

EXECUTE_MS = 2.0
LOADS = (0.5, 0.8)


def side(by: str, *flags: object) -> dict[str, Any]:
    """What a side's process found."""
    command = [sys.executable, str(Path(__file__).with_name("loadgen_side.py")), by, *map(str, flags)]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


def swept(folder: Path, *flags: object) -> dict[str, Any]:
    """The row of one case by the command itself."""
    command = [sys.executable, "-c", "from clipperf.cli import main; main()", "sweep", *map(str, flags)]
    command += ["--out", str(folder), "--format", "json", "--quiet"]
    (row,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return dict(row)


def closed(model: str, batch_size: int, pairs: int, seconds: float) -> list[Figure]:
    """The three in turn, forwards and backwards; ratios within a turn, since a shared machine drifts between turns."""
    chosen = ("--model", model, "--batch", batch_size)

    def clipperf() -> float:
        with tempfile.TemporaryDirectory() as folder:
            flags = ("--device", 0, "--warmup", "300ms", "--duration", seconds)
            return float(swept(Path(folder, "run"), *chosen, *flags)["requests_per_s"])

    rounds = []
    for turn in range(pairs):
        sides = {
            "bare": lambda: side("bare", *chosen, "--seconds", seconds)["requests_per_s"],
            "clipperf": clipperf,
            "loadgen": lambda: side("loadgen", *chosen, "--seconds", seconds)["requests_per_s"],
        }
        names = list(sides) if turn % 2 == 0 else list(sides)[::-1]
        rounds.append({name: sides[name]() for name in names})
    what = f"`{model}`, batch {batch_size}, one core"
    demand = "≥ 0.995" if model == "vision" else "≥ 0.99"
    return [
        Figure(f"{what}: bare `session.run`", "ms/request", [1e3 / one["bare"] for one in rounds]),
        Figure(f"{what}: clipperf ÷ bare, qps", "", [one["clipperf"] / one["bare"] for one in rounds], demand),
        Figure(f"{what}: LoadGen SingleStream ÷ bare, qps", "", [one["loadgen"] / one["bare"] for one in rounds]),
    ]


def most(times: int, requests: int, seconds: float) -> list[Figure]:
    """Requests a second on a device that does nothing."""
    ours, loadgen = [], []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            row = swept(Path(folder, "run"), "--runner", "null", "--warmup", 1000, "--iterations", requests)
            ours.append(float(row["requests_per_s"]) / 1e3)
        loadgen.append(side("loadgen", "--seconds", seconds)["requests_per_s"] / 1e3)
    return [
        Figure("device that does nothing: clipperf", "1000 requests/s", ours, "above LoadGen's"),
        Figure("device that does nothing: LoadGen SingleStream from Python", "1000 requests/s", loadgen),
    ]


def opened(load: float, times: int, seconds: float) -> list[Figure]:
    """Errors of p99 in percent of what each one's own schedule must give."""
    rate, service_ns = load * 1e3 / EXECUTE_MS, round(EXECUTE_MS * 1e6)
    ours, loadgen = [], []
    for seed in range(1, times + 1):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name, "run")
            device = ("--runner", "simulated", "--option", f"execute_ms={EXECUTE_MS:g}")
            row = swept(folder, *device, "--rate", rate, "--seed", seed, "--warmup", "300ms", "--duration", seconds)
            samples, counts = read_samples(folder, row["case_id"], 0)
            ours.append(error_pct(samples.scheduled_ns, samples.completed_ns, counts, service_ns))
        flags = ("--model", "simulated", "--execute-ms", EXECUTE_MS, "--rate", rate, "--seconds", seconds)
        found = side("loadgen", *flags, "--seed", seed)
        scheduled, completed = (np.array(found[name], dtype=np.int64) for name in ("scheduled_ns", "completed_ns"))
        loadgen.append(error_pct(scheduled, completed, np.ones(len(scheduled), dtype=bool), service_ns))
    what = f"M/D/1 of {EXECUTE_MS:g} ms at {100 * load:g} % load, {rate:g} requests/s: p99 off the truth"
    return [
        Figure(f"{what}, clipperf", "%", ours, "within 2 of LoadGen's, or nearer to 0"),
        Figure(f"{what}, LoadGen Server", "%", loadgen),
    ]


def error_pct(scheduled_ns: np.ndarray, completed_ns: np.ndarray, counts: np.ndarray, service_ns: int) -> float:
    """The measured p99 against that of a single server of constant service time over the same arrivals."""
    order = np.argsort(scheduled_ns, kind="stable")
    scheduled_ns, completed_ns, counts = scheduled_ns[order], completed_ns[order], counts[order]
    measured, truth = (
        nearest_rank(np.sort((done - scheduled_ns)[counts]), 0.99)
        for done in (completed_ns, completions_ns(scheduled_ns, service_ns))
    )
    return 100.0 * (measured / truth - 1.0)


def main() -> None:
    """All of it; ``--quick`` is over in a minute and its figures mean nothing."""
    chosen = arguments(__doc__)
    if chosen.quick:
        figures = [*closed("tiny-vision", 1, 1, 0.2), *most(1, 500, 0.2), *opened(0.5, 1, 0.5)]
    else:
        figures = [
            *closed("tiny-vision", 4, 10, 2.0),
            *closed("vision", 1, 8, 3.0),
            *most(6, 200_000, 2.0),
            *(figure for load in LOADS for figure in opened(load, 4, 12.0)),
        ]
    tell(__file__, __doc__, figures, chosen.record)


if __name__ == "__main__":
    main()
