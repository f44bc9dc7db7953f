"""clipperf's openvino runner beside the benchmark_app of OpenVINO's Python package, whole programs in turn.

The same ONNX file, OpenVINO, shape, precision and cores. Throughput: clipperf's best configuration, found by a short
search before, against ``-hint throughput``. Latency: p50 at depth 1 against ``-hint latency``; the clock of the one is
inside OpenVINO, that of clipperf around the call from Python. Ratios are within a turn, since a shared machine drifts
between turns; every second turn goes backwards.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

# Asked for here too, so that its absence is told at once and not by a process that fails.
import openvino
from record import Figure, arguments, tell

from clipperf.measure.percentile import interval_ranks
from clipperf.models import build
from clipperf.runners.cpu_cores import available_cores
from clipperf.runners.openvino_precision import precision_of

CORES = len(available_cores())
THROUGHPUT = ("--option", "performance_hint=throughput")
CANDIDATES = (
    (*THROUGHPUT, "--queue-depth", f"{CORES},{2 * CORES}"),
    (*THROUGHPUT, "--option", "ENABLE_CPU_PINNING=false", "--queue-depth", f"{CORES},{2 * CORES}"),
    ("--option", "inference_num_threads=1", "--instances", str(CORES)),
    ("--queue-depth", "2"),
)
"""What may give the most throughput: streams, pinned or not, copies of one thread each, or one stream kept fed."""

PRECISION, HINT = "fp32", "f32"
LOOKS = 2


def rows_of(model: str, batch: int, seconds: float, flags: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of a sweep by the command itself; fails where a case did not run, or not in this precision."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from clipperf.cli import main; main()", "sweep", "--runner", "openvino"]
        command += ["--model", model, "--batch", str(batch), "--precision", PRECISION, "--no-control", *flags]
        command += [
            "--warmup",
            f"{min(1000, round(1e3 * seconds))}ms",
            "--duration",
            str(seconds),
            "--out",
            f"{folder}/run",
            "--format",
            "json",
        ]
        done = subprocess.run([*command, "--quiet"], capture_output=True, check=True)
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    for row in rows:
        assert row["status"] in ("ok", "inconclusive"), row["error"]
        assert row["precision_ran"] == PRECISION, row["precision_ran"]
    return rows


def best_flags(model: str, batch: int, seconds: float) -> tuple[str, ...]:
    """The flags of the candidate with the highest qps over all looks, its queue depth among them.

    One look at each would take the one that the machine was kindest to.
    """
    found: dict[tuple[str, ...], float] = defaultdict(float)
    for _ in range(LOOKS):
        for flags in CANDIDATES:
            kept = flags[: flags.index("--queue-depth")] if "--queue-depth" in flags else flags
            for row in rows_of(model, batch, seconds, flags):
                found[(*kept, "--queue-depth", str(row["queue_depth"]))] += float(row["qps"])
    return max(found, key=lambda flags: found[flags])


def benchmark_app(path: Path, shape: Sequence[int], hint: str, *flags: str) -> tuple[str, dict[str, str]]:
    """What benchmark_app printed, and the results that it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from openvino.tools.benchmark.main import main; main()", "-m", str(path)]
        # Without -ip it would feed 8-bit images and convert them inside the clock.
        command += ["-d", "CPU", "-hint", hint, "-shape", str([*shape]), "-infer_precision", HINT, "-ip", "f32", *flags]
        command += ["-report_type", "no_counters", "-report_folder", folder, "-json_stats"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        report = json.loads(Path(folder, "benchmark_report.json").read_text())
    return done.stdout, report["execution_results"]


def check_alike(path: Path, shape: Sequence[int], hint: str) -> None:
    """Fails unless benchmark_app runs in the precision and with the threads that clipperf has here.

    In a run of its own, because telling the execution graph makes OpenVINO count the time of each layer.
    """
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder, "graph.xml")
        printed, _ = benchmark_app(path, shape, hint, "-niter", "2", "-exec_graph_path", str(graph))
        layers = [
            {**layer.attrib, **data.attrib} for layer in ET.parse(graph).iter("layer") for data in layer.iter("data")
        ]
        told = [[layer.get(key, "") for key in ("type", "primitiveType", "runtimePrecision")] for layer in layers]
    assert precision_of(told) == PRECISION, precision_of(told)
    assert re.search(rf"INFERENCE_NUM_THREADS: {CORES}\b", printed), printed


def turns(pairs: int, ours: Callable[[], float], theirs: Callable[[], float]) -> list[tuple[float, float]]:
    """Both in turn, forwards and backwards."""
    found = []
    for turn in range(pairs):
        if turn % 2:
            found.append((theirs(), ours())[::-1])
        else:
            found.append((ours(), theirs()))
    return found


def compared(what: str, unit: str, sides: Sequence[tuple[float, float]], ratios: Sequence[float]) -> list[Figure]:
    """Both sides, the ratio by which clipperf is better, and the lower bound of its median at 95 %."""
    rank = interval_ranks(len(ratios), 0.5)[0] or 1
    return [
        Figure(f"{what}: benchmark_app", unit, [theirs for _, theirs in sides]),
        Figure(f"{what}: clipperf", unit, [ours for ours, _ in sides]),
        Figure(f"{what}: clipperf is better by", "", ratios, "≥ 1.00"),
        Figure(f"{what}: the same, lower bound of the median", "", [sorted(ratios)[rank - 1]], "≥ 0.97"),
    ]


def throughput(model: str, batch: int, pairs: int, seconds: float, look: float) -> list[Figure]:
    """Samples a second at clipperf's best configuration, and with ``-hint throughput``."""
    path, shape = file_and_shape(model, batch)
    check_alike(path, shape, "throughput")
    flags = best_flags(model, batch, look)

    def ours() -> float:
        (row,) = rows_of(model, batch, seconds, flags)
        return float(row["qps"])

    def theirs() -> float:
        return float(benchmark_app(path, shape, "throughput", "-t", whole(seconds))[1]["throughput"])

    sides = turns(pairs, ours, theirs)
    what = f"`{model}`, batch {batch}, {CORES} cores, most throughput (`{' '.join(flags)}`)"
    return compared(what, "samples/s", sides, [own / other for own, other in sides])


def latency(model: str, batch: int, pairs: int, seconds: float) -> list[Figure]:
    """p50 at depth 1, and with ``-hint latency``."""
    path, shape = file_and_shape(model, batch)
    check_alike(path, shape, "latency")

    def ours() -> float:
        (row,) = rows_of(model, batch, seconds, ())
        return float(row["latency_p50_ms"])

    def theirs() -> float:
        printed, _ = benchmark_app(path, shape, "latency", "-t", whole(seconds))
        # Its report has two digits of a millisecond only.
        found = re.search(r"Median:\s+([\d.]+) (us|ms)", printed)
        assert found, printed
        return float(found[1]) / (1e3 if found[2] == "us" else 1.0)

    sides = turns(pairs, ours, theirs)
    return compared(f"`{model}`, batch {batch}, {CORES} cores, p50", "ms", sides, [other / own for own, other in sides])


def file_and_shape(model: str, batch: int) -> tuple[Path, list[int]]:
    """The ONNX file, and the shape of its one input at this batch size."""
    path = build(model).path
    (given,) = openvino.Core().read_model(path).inputs
    return path, [batch, *(size.get_length() for size in list(given.partial_shape)[1:])]


def whole(seconds: float) -> str:
    """Seconds as benchmark_app takes them."""
    return str(max(1, round(seconds)))


def main() -> None:
    """All of it; ``--quick`` is over in half a minute and its figures mean nothing."""
    chosen = arguments(__doc__)
    if chosen.quick:
        figures = [*throughput("tiny-vision", 4, 1, 0.3, 0.2), *latency("tiny-vision", 1, 1, 0.3)]
    else:
        figures = [
            *throughput("vision", 4, 14, 5.0, 4.0),
            *throughput("vision", 1, 14, 5.0, 4.0),
            *latency("vision", 1, 10, 4.0),
        ]
    tell(__file__, f"{__doc__}\nOpenVINO {openvino.__version__}.", figures, chosen.record)


if __name__ == "__main__":
    main()
