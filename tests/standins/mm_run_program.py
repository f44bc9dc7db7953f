"""A stand-in for Cambricon's mm_run: its flags, its output and its ways to fail, over a device that is made up.

Its "model" is a JSON file: ``inputs`` (the shape of each, -1 where the caller gives it), times of the stages in ms
(``h2d_ms``, ``compute_ms``, ``d2h_ms``) and their ``jitter``. Environment variables say the rest:

- ``MM_RUN_LEDGER``: where the device writes, request by request, what it did;
- ``MM_RUN_FORMAT``: ``new`` (default), ``old`` (throughput without its factors), ``bare`` (nothing else is printed);
- ``MM_RUN_DEVICES``: how many there are (2); ``MM_RUN_LACKS``: flags that this release has not, with blanks between;
- ``MM_RUN_MANY``: ``abort`` (default: as the published source does with several devices), ``works``, ``one-missing``;
- ``MM_RUN_FAILS``: ``hang``, ``half-way``, ``killed``, ``garbage``, ``silent``, ``no-memory``, ``ignores-batch``,
  ``ignores-flags``, ``truncated-trace``.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Mapping, Sequence

from mm_run_device import Device, Load
from mm_run_text import Printer, log, say

KINDS = {
    "magicmind_model": "Str",
    "input_dims": "Vec<Vec<Int>>",
    "batch_size": "Vec<Int>",
    "run_config": "Str",
    "input_files": "Vec<Str>",
    "plugin": "Vec<Str>",
    "devices": "Vec<Int>",
    "threads": "Int",
    "bind_cluster": "Bool",
    "warmup": "Int",
    "duration": "Int",
    "iterations": "Int",
    "disable_data_copy": "Bool",
    "host_async": "Bool",
    "buffer_depth": "Int",
    "infer_depth": "Int",
    "kernel_capture": "Bool",
    "trace_path": "Str",
    "trace_time": "Str",
}
DEFAULTS = {
    "devices": "0",
    "threads": "1",
    "bind_cluster": "false",
    "warmup": "200",
    "duration": "3000",
    "iterations": "100",
    "disable_data_copy": "false",
    "host_async": "false",
    "buffer_depth": "2",
    "infer_depth": "2",
    "kernel_capture": "false",
    "trace_time": "host",
}
FAILS = os.environ.get("MM_RUN_FAILS", "")


def flags_given(arguments: Sequence[str]) -> dict[str, list[str]]:
    """``--key value…`` and nothing else; aborts as the program does."""
    given: dict[str, list[str]] = {}
    head = ""
    for argument in arguments:
        if argument.startswith("--"):
            head = argument[2:]
            given[head] = []
        elif head:
            given[head].append(argument)
        else:
            log("ERROR", "samples/common/param.cc:27", f"Unknown command line arg format: {argument} for mm_run")
            log("ERROR", "samples/common/param.cc:28", "Please use the following format: --key value")
            os.abort()
    known = [flag for flag in KINDS if flag not in os.environ.get("MM_RUN_LACKS", "").split()]
    if "help" in given:
        log("INFO", "samples/common/param.cc:112", synopsis(known))
        sys.exit(0)
    wrong = [flag for flag in given if flag not in known]
    if wrong:
        log("ERROR", "samples/common/param.cc:118", "Unrecognized args:")
        for flag in wrong:
            log("ERROR", "samples/common/param.cc:120", f"--{flag}[{', '.join(given[flag])}]")
    if not given.get("magicmind_model"):
        problem = "Command line arg: --magicmind_model<Str> is required but not given."
        log("ERROR", "samples/common/param.h:500", problem)
        wrong.append("magicmind_model")
    for flag, values in given.items():
        if KINDS.get(flag) in ("Int", "Vec<Int>") and not all(value.lstrip("-").isdigit() for value in values):
            problem = f"Command line arg: --{flag}<{KINDS[flag]}> miss its type restriction."
            log("ERROR", "samples/common/param.h:515", problem)
            wrong.append(flag)
    if wrong:
        log("ERROR", "samples/common/param.cc:125", synopsis(known))
        os.abort()
    return given


def synopsis(known: Sequence[str]) -> str:
    """What ``--help`` prints, and every refusal of a flag."""
    short = " ".join(f"[--{flag}<{KINDS[flag]}>]" for flag in known)
    long = "\n".join(f"          --{flag}<{KINDS[flag]}>[optional]: \n                    ..." for flag in known)
    return f"\nSynopsis:\n          mm_run {short}\nOptions:\n{long}\n"


def shapes_of(model: Mapping[str, list[int]], given: Mapping[str, list[str]]) -> list[list[int]]:
    """The shape of every input, as ``InitShapes`` makes them."""
    shapes = [list(shape) for shape in model.values()]
    if "input_dims" in given:
        shapes = [[] if dims == "_" else [int(dim) for dim in dims.split(",")] for dims in given["input_dims"]]
    if "batch_size" in given:
        batches = [1 if FAILS == "ignores-batch" else int(batch) for batch in given["batch_size"]]
        if len(batches) != len(shapes):
            words = f"batchs_.size()({len(batches)}) should be equal to input_shapes.size()({len(shapes)})"
            log("ERROR", "samples/mm_run/run.cc:190", words)
            os.abort()
        shapes = [[batch, *shape[1:]] if shape else shape for batch, shape in zip(batches, shapes, strict=True)]
    return shapes


def main() -> None:
    """One run."""
    # To abort is its way to say no; no file shall be left of it.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    given = flags_given(sys.argv[1:])
    if FAILS == "garbage":
        os.write(2, b"\xff\xfe\x00 Throughput (qps): many\n==== Performance\n" * 20)
        return
    if FAILS == "silent":
        return
    printer = Printer(os.environ.get("MM_RUN_FORMAT", "new"))
    values = {flag: " ".join(given.get(flag, [DEFAULTS.get(flag, "")])) for flag in KINDS}
    if FAILS == "ignores-flags":
        values["threads"] = "7"
    printer.parameters(values, KINDS)
    here = int(os.environ.get("MM_RUN_DEVICES", "2"))
    devices = [int(device) for device in values["devices"].replace(",", " ").split()]
    for device in devices:
        if device >= here:
            log("ERROR", "samples/mm_run/run.cc:123", f"Invalid dev id {device}, dev_num is:{here}")
            log("ERROR", "samples/mm_run/run.cc:127", "cnrtSetDevice(dev_ids_[0]) failed: cnrtErrorNoDevice")
            os.abort()
    try:
        with open(values["magicmind_model"], encoding="utf-8") as file:
            model = json.load(file)
    except OSError:
        log("ERROR", "samples/mm_run/run.cc:133", "model_->DeserializeFromFile(...) failed: no such file")
        os.abort()
    shapes = shapes_of(model["inputs"], given)
    log("INFO", "samples/common/timer.cc:34", "DeserializeModel time is 12.5 ms.")
    if FAILS == "hang":
        threading.Event().wait()
    if FAILS == "no-memory":
        log("ERROR", "samples/mm_run/infer.cc:80", "cnrtMalloc failed: out of memory")
        os.abort()
    log("INFO", "samples/common/timer.cc:34", "CreateContext time is 0.229 ms.")
    if len(devices) > 1 and os.environ.get("MM_RUN_MANY", "abort") == "abort":
        say("terminate called after throwing an instance of 'std::future_error'")
        say("  what():  std::future_error: No associated state")
        os.abort()
    load = Load(
        threads=int(values["threads"]),
        depth=int(values["infer_depth"]),
        warmup_ms=int(values["warmup"]),
        duration_ms=int(values["duration"]),
        iterations=int(values["iterations"]),
        is_copying=values["disable_data_copy"] not in ("1", "true"),
    )
    measured = [Device(device, model, load) for device in devices]
    workers = [threading.Thread(target=device.run) for device in measured]
    for worker in workers:
        worker.start()
    if FAILS in ("half-way", "killed"):
        measured[0].has_begun.wait()
        os.abort() if FAILS == "half-way" else os.kill(os.getpid(), signal.SIGKILL)
    for worker in workers:
        worker.join()
    for device in measured:
        printer.times_of(device)
    if ledger := os.environ.get("MM_RUN_LEDGER"):
        with open(f"{ledger}-{'-'.join(map(str, devices))}.json", "w", encoding="utf-8") as file:
            json.dump({str(device.number): device.ledger() for device in measured}, file)
    log("INFO", "samples/mm_run/run.cc:300", "Inference finished.")
    log("INFO", "samples/mm_run/run.cc:330", "Generating report...")
    shown = measured[:-1] if os.environ.get("MM_RUN_MANY") == "one-missing" else measured
    for device in shown:
        printer.summary(device, shapes, values["trace_time"])
        if values["trace_path"]:
            printer.trace(device, shapes, values["trace_path"], is_cut=FAILS == "truncated-trace")


if __name__ == "__main__":
    main()
