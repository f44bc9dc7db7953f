"""A stand-in for VastStreamX's profilers of models, in C++ and in Python: their flags, results and ways to fail.

Called as ``vsx_prof_program.py NAME ARGUMENT…``, where a NAME that ends in ``.py`` is the Python twin. Its "model" is
the file PREFIX.json: ``host_ms`` and ``device_ms`` of a sample, of which the former overlaps and the latter does not.
It measures in virtual time and prints at once. Environment variables say the rest:

- ``VSX_PROF_LEDGER``: where it writes what it really did;
- ``VSX_PROF_DEVICES``: how many there are (2); ``VSX_PROF_PROCESSORS``: those of the host (2);
- ``VSX_PROF_REAL``: it takes as long as it says;
- ``VSX_PROF_FAILS``: ``hang``, ``segfault``, ``race``, ``garbage``, ``silent``, ``no-sdk``, ``no-library``,
  ``instance-died``, ``ignores-flags``, ``cut-off``, ``no-memory``, ``bad-model``, ``half-way``.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
import time

from vsx_prof_device import Simulation, Traffic, Work
from vsx_prof_text import Result, block, read_flags

_TRACEBACK = 'Traceback (most recent call last):\n  File "x.py", line 21, in __init__\n'
FAILS = os.environ.get("VSX_PROF_FAILS", "")


def main(program: str, arguments: list[str]) -> None:
    """One run."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    is_python, is_async = program.endswith(".py"), "async" in program
    if FAILS == "no-sdk" and is_python:
        sys.exit(f"{_TRACEBACK}    import vaststreamx as vsx\nModuleNotFoundError: No module named 'vaststreamx'")
    if FAILS == "no-library":
        sys.exit(
            f"{program}: error while loading shared libraries: libvaststreamx-core.so: cannot open shared object file"
        )
    flags = read_flags(program, arguments)
    devices = [int(one) for one in flags["device_ids"].strip("[] ").split(",")]
    instances, iterations = int(flags["instance"]), int(flags["iterations"])
    batch_size, queue_size = int(flags.get("batch_size", 1)), int(flags.get("queue_size", 0))
    used = [devices[number % len(devices)] for number in range(instances)]
    _fail_early(is_python, max(used))
    if is_async and queue_size == 0:
        _assertion("queue_size must be larger than 0 in async mode", is_python)
    times = _model(flags.get("model_prefix", ""), is_python)
    if iterations <= 0 or FAILS == "hang":
        threading.Event().wait()
    threads = min(32, int(os.environ.get("VSX_PROF_PROCESSORS", "2")) + 4) if is_python and not is_async else None
    work = Work(times["host_ms"], times["device_ms"], batch_size, in_turn="image" in program)
    simulation = Simulation(used, work, Traffic(iterations, queue_size, is_async, is_python, threads))
    simulation.run()
    elapsed_ms = max(simulation.elapsed_ms(one) for one in simulation.instances if one.requests)
    if os.environ.get("VSX_PROF_REAL"):
        time.sleep(elapsed_ms / 1e3)
    _keep(simulation, flags, elapsed_ms)
    result = Result(
        instances=instances + (3 if FAILS == "ignores-flags" else 0),
        devices=devices,
        queue_size=queue_size,
        batch_size=batch_size,
        qps=simulation.qps(),
        latencies_us=[1e3 * one for one in simulation.latencies_ms()],
        percentiles=[int(one) for one in flags["percentiles"].strip("[] ").split(",")],
    )
    _say(block(result, is_python, is_swapped=is_async and is_python), is_python)


def _model(prefix: str, is_python: bool) -> dict[str, float]:
    try:
        with open(f"{prefix}.json", encoding="utf-8") as file:
            found: dict[str, float] = json.load(file)
        return found
    except (OSError, ValueError):
        if is_python:
            sys.exit(f"{_TRACEBACK}    self.model_ = vsx.Model(model_prefix, batch_size)\nRuntimeError: load failed")
        print(f"Failed to open: {prefix}.json", file=sys.stderr)
        os.abort()


def _fail_early(is_python: bool, last_device: int) -> None:
    if last_device >= int(os.environ.get("VSX_PROF_DEVICES", "2")):
        _assertion("assert vsx.set_device(device_id) == 0" if is_python else "SetDevice(device_id) == 0", is_python)
    if FAILS == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if FAILS == "bad-model":
        sys.exit("vsx: the model mod.json is invalid")
    if FAILS == "no-memory":
        sys.exit("std::bad_alloc")
    if FAILS == "race":
        _assertion(
            "assert len(ticks) == len(tocks)" if is_python else "ticks and tocks should be the same size", is_python
        )
    if FAILS == "garbage":
        os.write(1, b"\xff\xfe- number of instances: many\n  throughput (qps): nan\n" * 5)
        sys.exit(0)
    if FAILS == "silent":
        sys.exit(0)
    if FAILS == "half-way":
        print("loading", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)


def _assertion(words: str, is_python: bool) -> None:
    if is_python:
        sys.exit(f"{_TRACEBACK}    {words}\nAssertionError")
    print(f"F1121 10:00:00.000000 1 x.hpp:20] Check failed: {words}", file=sys.stderr)
    os.abort()


def _say(text: str, is_python: bool) -> None:
    if FAILS == "cut-off":
        text = text[: text.index("max latency")]
    if FAILS == "instance-died" and is_python:
        print(
            "Exception in thread Thread-2:\nTraceback (most recent call last):\nRuntimeError: stream", file=sys.stderr
        )
    print(text, flush=True)


def _keep(simulation: Simulation, flags: dict[str, str], elapsed_ms: float) -> None:
    path = os.environ.get("VSX_PROF_LEDGER")
    if not path:
        return
    latencies = simulation.latencies_ms()
    ledger = {
        "flags": flags,
        "arguments": sys.argv[2:],
        "calls": [len(one.requests) for one in simulation.instances],
        "devices": [one.device for one in simulation.instances],
        "at_once": [one.most_running for one in simulation.instances],
        "elapsed_ms": elapsed_ms,
        "mean_ms": sum(latencies) / len(latencies),
        "qps": simulation.qps(),
    }
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(ledger) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
