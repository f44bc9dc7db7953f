"""A stand-in for ais_bench: its flags, its output and its ways to fail, over a device that is made up.

Its "model" is a JSON file: ``batch``, ``execute_ms`` and ``jitter`` of an execution, and for a dynamic model ``sizes``.
Environment variables say the rest:

- ``AIS_FORM``: ``new`` (default, as of 2025-12), ``2023-06`` or ``msit`` (called as msit with ``benchmark``);
- ``AIS_LEDGER``: where the device writes what it really did; ``AIS_DEVICES``: how many there are (2);
- ``AIS_APART_S``: how much later than the one before each of a list of devices begins, as polling each second makes it;
- ``AIS_LACKS``: flags that this release has not, with blanks between;
- ``AIS_FAILS``: ``no-aclruntime``, ``no-cann``, ``no-component``, ``no-pkg-resources``, ``hang``, ``half-way``,
  ``killed``, ``garbage``, ``silent``, ``no-memory``, ``no-permission``, ``no-summary``, ``cut-summary`` and
  ``late``, which ends with 1 when all is told.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ais_bench_device import AclError, Session
from ais_bench_flags import read_flags
from ais_bench_text import info, performance_summary, say, write_summary

FORM = os.environ.get("AIS_FORM", "new")
FAILS = os.environ.get("AIS_FAILS", "")
IS_OLD = FORM == "2023-06"


@dataclass(frozen=True)
class Told:
    """What a process of a list puts into the queue at its end."""

    throughput: float
    start_time: float
    end_time: float


def open_session(device: int, given: argparse.Namespace) -> Session:
    """Opens the device and loads the model, or says why not."""
    info("acl init success")
    if device >= int(os.environ.get("AIS_DEVICES", "2")):
        say(
            "[ACL ERROR] EE1001: The argument is invalid.Reason: rtSetDevice execute failed, device id="
            f"{device} is error\n[ERROR] acl open device {device} failed\n[ERROR] create context failed. ret=107001\n"
        )
        raise AclError("[107001][Error code unknown] ")
    info(f"open device {device} success")
    if not IS_OLD:
        info("create new context")
    if FAILS == "no-permission":
        raise PermissionError(13, "Permission denied", "/dev/davinci0")
    try:
        model: dict[str, Any] = json.loads(Path(given.model).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        say(f"[ERROR] load model from file failed, model file is {given.model}\n")
        raise AclError("[1][ACL: invalid parameter] ") from None
    if FAILS == "no-memory":
        say("[ERROR] malloc device buffer failed. size is 2408448\n")
        raise AclError("[207001][Error code unknown] ")
    info(f"load model {given.model} success")
    info("create model description success")
    fails_at = 1 + int(given.warmup_count) + int(given.loop) // 2 if FAILS == "half-way" else -1
    return Session(device, model, not IS_OLD, say, fails_at)


def batch_size_of(session: Session, given: argparse.Namespace) -> int:
    """As the program tells it; a dynamic model has none by itself."""
    gear = int(given.dymBatch)
    sizes = session.model.get("sizes", [])
    if gear and gear not in sizes:
        say("[ERROR] the dymBatch parameter is not correct\n")
        raise AclError("[1][ACL: invalid parameter] ")
    if given.batchsize is not None:
        return int(given.batchsize)
    batch_size = gear or (-1 if sizes else int(session.model["batch"]))
    info(f"try get model batchsize:{batch_size}")
    if batch_size < 0 and not IS_OLD:
        raise RuntimeError("dynamic batch om model detected, but dymbatch, dymdims or dymshape not set!")
    return batch_size


def measure(
    given: argparse.Namespace, device: int, prefix: str, begin: threading.Barrier | None, late_s: float
) -> Told:
    """What ``main`` does in one process, or in each of a list."""
    session = open_session(device, given)
    batch_size = batch_size_of(session, given)
    if prefix:
        os.makedirs(prefix, 0o750, exist_ok=True)
        info(f"output path:{prefix}")
    if FAILS == "hang":
        threading.Event().wait()
    warmup = int(given.warmup_count)
    for _ in range(warmup):
        session.run(1)
    session.reset()
    info(f"warm up {warmup} done")
    if begin is not None:
        begin.wait()
        time.sleep(late_s)
        info(f"subprocess_{device} qsize:2 ready to infer run")
    start_time = time.time()
    say("\rInference array Processing:   0%|          | 0/1 [00:00<?, ?it/s]")
    if FAILS == "killed":
        session.run(3)
        os.kill(os.getpid(), signal.SIGKILL)
    session.run(int(given.loop))
    say("\rInference array Processing: 100%|##########| 1/1 [00:00<00:00,  1.80it/s]\n")
    end_time = time.time()
    throughput = performance_summary(session.exec_times_ms, batch_size, given.display_all_summary == "1")
    if prefix and FAILS != "no-summary":
        write_summary(prefix, session.exec_times_ms, throughput, is_cut=FAILS == "cut-summary")
    if ledger := os.environ.get("AIS_LEDGER"):
        Path(f"{ledger}-{device}-{os.getpid()}.json").write_text(json.dumps(session.ledger()), encoding="utf-8")
    info("unload model success, model Id is 1")
    info(f"end to reset device is {device}" if IS_OLD else f"end to reset device {device}")
    info("end to finalize acl")
    return Told(throughput, start_time, end_time)


def measure_list(given: argparse.Namespace, devices: list[int]) -> int:
    """A process for each device; here a thread, whose lines mix in the same way."""
    info(f"multidevice:{devices} run begin")
    apart_s = float(os.environ.get("AIS_APART_S", "0"))
    begin = threading.Barrier(len(devices))
    told: dict[int, Told] = {}

    def one(position: int, device: int) -> None:
        own = f"device{device}" if IS_OLD else f"device{device}_{position}"
        prefix = os.path.join(given.output, given.output_dirname, own) if given.output else ""
        try:
            told[position] = measure(given, device, prefix, begin, position * apart_s)
        except (RuntimeError, OSError) as error:
            say(f"[ERROR] subprocess run failed error_callback:{error}\n")
            # The others of the real one wait for eleven seconds and go on.
            begin.abort()

    workers = [threading.Thread(target=one, args=each) for each in enumerate(devices)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    result = int(len(told) < len(devices))
    info(f"multidevice run end qsize:{len(devices) + len(told)} result:{result}")
    for position, one_told in sorted(told.items(), key=lambda each: each[1].end_time):
        gap = " " if IS_OLD else " " * 17
        line = f"i:{position} device_{devices[position]} throughput:{one_told.throughput}{gap}"
        say(f"{'' if IS_OLD else '[INFO] '}{line}start_time:{one_told.start_time} end_time:{one_told.end_time}\n")
    info(f"summary throughput:{sum(each.throughput for each in told.values())}")
    # msit gives the result back to nobody.
    return 0 if FORM == "msit" else result


def main() -> int:
    """One call of the program."""
    if FAILS == "no-aclruntime":
        raise ModuleNotFoundError("No module named 'aclruntime'")
    if FAILS == "no-cann":
        raise ImportError("libascendcl.so: cannot open shared object file: No such file or directory")
    if FAILS == "no-component":
        sys.stderr.write("msit: error: argument command: invalid choice: 'benchmark' (choose from 'debug', 'tune')\n")
        return 2
    arguments = sys.argv[1:]
    if arguments[:2] == ["-m", "ais_bench"]:
        arguments = arguments[2:]
    given = read_flags(arguments, FORM)
    if FAILS == "garbage":
        os.write(
            1, b"\xff\xfe\x00 throughput 1000*batchsize.mean(\n[INFO] NPU_compute_time (ms): min = nan, mean = \n" * 20
        )
        return 0
    if FAILS == "silent":
        return 0
    if FAILS == "no-pkg-resources":
        say("[WARNING] can't find aclruntime, please visit gitee ait to install ais_bench(benchmark)\n")
    devices = [int(device) for device in given.device.split(",")]
    if len(devices) > 1:
        return measure_list(given, devices)
    measure(given, devices[0], os.path.join(given.output, given.output_dirname) if given.output else "", None, 0.0)
    return 1 if FAILS == "late" else 0


if __name__ == "__main__":
    sys.exit(main())
