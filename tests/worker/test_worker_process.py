"""The worker as a process: its cores, its place when memory runs out, its end; and a command that cannot start it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil
import pytest
from sweeps import sweep, watched

from clipperf.errors import CaseFailed, UsageError
from clipperf.runners.cpu_cores import available_cores, format_cores
from clipperf.worker.arrivals import Arrivals
from clipperf.worker.process import WorkerProcess

CORES = available_cores()
FIRST = str(CORES[0])
needs_two_cores = pytest.mark.skipif(len(CORES) < 2, reason="this process may run on one core only")


def cores_of_threads(workers: list[psutil.Process]) -> list[set[str]]:
    """For each worker the different sets of cores that its threads may run on, as the kernel has them."""
    return [
        {
            line.split()[1].replace(",", "+")
            for status in Path(f"/proc/{worker.pid}/task").glob("*/status")
            for line in status.read_text().splitlines()
            if line.startswith("Cpus_allowed_list")
        }
        for worker in workers
    ]


@pytest.mark.parametrize(
    "devices",
    [
        [FIRST],
        pytest.param([str(core) for core in CORES[:2]], marks=needs_two_cores),
        pytest.param([format_cores(CORES[:2])], marks=needs_two_cores),
    ],
    ids=["one device of one core", "two devices", "one device of two cores"],
)
def test_every_thread_of_a_worker_runs_on_the_cores_of_its_device_only(devices: list[str], tmp_path: Path):
    keys = {"runner": "onnxruntime", "model": "tiny-vision", "iterations": 20}
    frame, found = watched(tmp_path / "run", cores_of_threads, device=",".join(devices), **keys)
    assert list(frame["status"]) == ["ok"]
    assert found == [{device} for device in devices]


def test_a_worker_is_the_first_to_go_when_memory_runs_out(tmp_path: Path):
    _, found = watched(
        tmp_path / "run",
        lambda workers: [Path(f"/proc/{worker.pid}/oom_score_adj").read_text().strip() for worker in workers],
    )
    assert found == ["1000"]


def test_a_worker_inherits_none_of_the_command_s_files(tmp_path: Path):
    with (tmp_path / "secret").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        _, found = watched(
            tmp_path / "run",
            lambda workers: [os.readlink(link) for link in Path(f"/proc/{workers[0].pid}/fd").iterdir()],
        )
    assert not [target for target in found if target.endswith(("secret", "results.csv"))]
    assert any(target.endswith(".log") for target in found)


def test_ctrl_c_in_the_terminal_does_not_reach_a_worker(tmp_path: Path):
    _, found = watched(tmp_path / "run", lambda workers: os.getsid(workers[0].pid) == workers[0].pid)
    assert found is True


def worker(folder: Path) -> tuple[WorkerProcess, Arrivals]:
    arrivals = Arrivals()
    return WorkerProcess(None, folder / "log", arrivals.fd), arrivals


def test_a_worker_ends_when_the_command_closes_its_end(tmp_path: Path):
    started, arrivals = worker(tmp_path)
    process = psutil.Process(started.pid)
    started.order("check", runner="null", model="any", sets=[], options=[{}])
    assert started.answer(20)["version"]
    started.close()
    arrivals.close()
    assert not process.is_running()


def test_a_worker_gives_its_files_back_however_it_ends(tmp_path: Path):
    before = set(os.listdir("/proc/self/fd"))
    for end in ("close", "kill"):
        started, arrivals = worker(tmp_path)
        getattr(started, end)()
        started.kill()
        arrivals.close()
        assert set(os.listdir("/proc/self/fd")) == before


def test_an_order_to_a_worker_that_is_gone_is_answered_by_its_death(tmp_path: Path):
    started, arrivals = worker(tmp_path)
    process = psutil.Process(started.pid)
    process.kill()
    while process.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.001)
    started.order("check", runner="null", model="any", sets=[], options=[{}])
    with pytest.raises(CaseFailed, match="killed by SIGKILL \\(as the kernel does when memory runs out\\)") as death:
        started.answer(20)
    assert death.value.kind == "SIGKILL"
    started.kill()
    arrivals.close()


@pytest.mark.parametrize(
    ("python", "reason"),
    [
        ("/no/such/python", r"--worker-python /no/such/python: it cannot be started \(No such file or directory\)"),
        ("/", r"--worker-python /: it cannot be started \(Permission denied\)"),
        (
            "/bin/false",
            r"--runner simulated: it could not be asked what is here\. The worker ended by itself with exit",
        ),
    ],
)
def test_an_interpreter_that_is_none_is_refused_before_anything_is_measured(python: str, reason: str, tmp_path: Path):
    with pytest.raises(UsageError, match=reason):
        sweep(tmp_path / "run", worker_python=python)
    assert not (tmp_path / "run").exists()


def test_an_interpreter_without_numpy_is_told_so(tmp_path: Path):
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E "$@"\n')
    bare.chmod(0o755)
    with pytest.raises(UsageError, match="ModuleNotFoundError: No module named 'numpy'"):
        sweep(tmp_path / "run", worker_python=str(bare))
