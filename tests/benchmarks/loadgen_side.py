"""A side of the comparison with MLPerf LoadGen, a process of its own: a slot driven by LoadGen or by a bare loop.

Prints JSON: ``requests_per_s``, and of a Server run the instants of each request in ns.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import re
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from clipperf.models import build
from clipperf.runners.base import OpenSpec
from clipperf.runners.null import NullSlot
from clipperf.runners.onnxruntime import OnnxRuntimeRunner
from clipperf.runners.simulated import SimulatedRunner

_SAMPLE = re.compile(r'"name":"Sample".*?"ts":([\d.]+).*?"issue_start_ns":(-?\d+),"complete_ns":(\d+)')


def slot_of(model: str, batch_size: int, execute_ms: float | None) -> Callable[[], object]:
    """One request: nothing, a simulated device, or the model on core 0 as clipperf's runner opens it."""
    if model == "null":
        return NullSlot().run
    if execute_ms is not None:
        spec = OpenSpec("x", "0", "fp32", "host", None, 1, {"execute_ms": execute_ms})
        return SimulatedRunner().open(spec).slots[0].run
    os.sched_setaffinity(0, {0})
    instance = OnnxRuntimeRunner().open(OpenSpec(str(build(model).path), "0", "fp32", "host", None, 1))
    (tensor,) = instance.signature.inputs
    shape = (batch_size, *tensor.shape[1:])
    instance.slots[0].load({tensor.name: np.random.default_rng(0).standard_normal(shape, dtype=np.float32)})
    return instance.slots[0].run


def bare(run: Callable[[], object], seconds: float) -> dict[str, Any]:
    """The loop that everybody writes first."""
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        run()
        done += 1
    return {"requests_per_s": done / (time.perf_counter() - began)}


def driven(run: Callable[[], object], seconds: float, rate: float | None, seed: int) -> dict[str, Any]:
    """LoadGen: SingleStream on its own thread, or Server at a rate with a thread that takes from a queue."""
    import mlperf_loadgen as loadgen

    def answer(sample: Any) -> None:
        run()
        loadgen.QuerySamplesComplete([loadgen.QuerySampleResponse(sample.id, 0, 0)])

    def at_once(samples: list[Any]) -> None:
        for sample in samples:
            answer(sample)

    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def serve() -> None:
        while (sample := waiting.get()) is not None:
            answer(sample)

    def put(samples: list[Any]) -> None:
        for sample in samples:
            waiting.put(sample)

    settings = loadgen.TestSettings()
    settings.mode = loadgen.TestMode.PerformanceOnly
    settings.min_duration_ms = round(seconds * 1e3)
    if rate is None:
        settings.scenario = loadgen.TestScenario.SingleStream
        settings.max_duration_ms = round(seconds * 1e3)
        # LoadGen makes its queries beforehand, as many as this guess needs.
        began = time.perf_counter()
        for _ in range(10):
            run()
        settings.single_stream_expected_latency_ns = max(200, round((time.perf_counter() - began) / 20 * 1e9))
    else:
        settings.scenario = loadgen.TestScenario.Server
        settings.server_target_qps = rate
        settings.server_target_latency_ns = 10**9
        settings.schedule_rng_seed = seed
        settings.min_query_count = round(rate * seconds)
    server = threading.Thread(target=serve)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        logs = loadgen.LogSettings()
        logs.log_output.outdir = folder
        logs.log_output.copy_summary_to_stdout = False
        logs.enable_trace = rate is not None
        device = loadgen.ConstructSUT(at_once if rate is None else put, lambda: None)
        library = loadgen.ConstructQSL(1, 1, lambda _: None, lambda _: None)
        loadgen.StartTestWithLogSettings(device, library, settings, logs)
        waiting.put(None)
        server.join()
        if rate is None:
            summary = Path(folder, "mlperf_log_summary.txt").read_text()
            (found,) = re.findall(r"QPS w/ loadgen overhead\s*: ([\d.]+)", summary)
            return {"requests_per_s": float(found)}
        # A sample's mark stands at its scheduled instant, and its other instants are counted from there.
        marks = _SAMPLE.findall(Path(folder, "mlperf_log_trace.json").read_text())
        scheduled = [round(float(at_us) * 1e3) for at_us, _, _ in marks]
        completed = [begin + int(after) for begin, (_, _, after) in zip(scheduled, marks, strict=True)]
        order = np.argsort(scheduled, kind="stable")
        instants = [np.asarray(column)[order].tolist() for column in (scheduled, completed)]
        length_s = (max(completed) - min(scheduled)) * 1e-9
        return {"requests_per_s": len(marks) / length_s, "scheduled_ns": instants[0], "completed_ns": instants[1]}


def main() -> None:
    """Reads what to drive, how and for how long."""
    parser = argparse.ArgumentParser()
    parser.add_argument("by", choices=("bare", "loadgen"))
    parser.add_argument("--model", default="null")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--execute-ms", type=float)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    run = slot_of(asked.model, asked.batch, asked.execute_ms)
    for _ in range(3):
        run()
    bare(run, 0.3)
    found = bare(run, asked.seconds) if asked.by == "bare" else driven(run, asked.seconds, asked.rate, asked.seed)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
