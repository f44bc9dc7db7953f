"""What recording costs a request: a whole sweep of the null runner, and its loop against a bare one that records."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from record import Figure, arguments, tell

from clipperf.measure.closed_loop import closed_loop
from clipperf.runners.null import NullSlot
from clipperf.worker.board import Board, create_board_file


def swept_ns(iterations: int, slots: int, *flags: str) -> tuple[float, float]:
    """Wall time of the window, and processor time of the worker in it, ÷ requests, by the command itself."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from clipperf.cli import main; main()", "sweep", "--runner", "null"]
        lengths = ["--iterations", str(iterations), "--queue-depth", str(slots), "--out", f"{folder}/run"]
        command += [*lengths, *flags, "--format", "json", "--quiet"]
        done = subprocess.run(command, capture_output=True, check=True)
    (row,) = json.loads(done.stdout)
    wall_ns = 1e9 / float(row["requests_per_s"])
    return wall_ns, wall_ns * float(row["cpu_pct"]) / 100


def clipperf_ns(run: Callable[[], object], board: Board, requests: int) -> float:
    """Processor time of a worker's loop over a board that it fills to its ``requests``-th place."""
    began = time.process_time_ns()
    done = closed_loop(run, time.monotonic_ns, board.stop, board.count(0), board.record(0)[: 3 * requests])
    return (time.process_time_ns() - began) / done


def bare_ns(run: Callable[[], object], requests: int) -> float:
    """The least that a loop in Python can do which keeps two instants of each request."""
    issued, completed = [0] * requests, [0] * requests
    clock_ns = time.monotonic_ns
    began = time.process_time_ns()
    for request in range(requests):
        issued[request] = clock_ns()
        run()
        completed[request] = clock_ns()
    return (time.process_time_ns() - began) / requests


def main() -> None:
    """Alternates the two loops, so that what the machine does meanwhile meets both."""
    chosen = arguments(__doc__)
    times, requests = (2, 500) if chosen.quick else (15, 200_000)
    run, board = NullSlot().run, Board(create_board_file(), 1)
    ours, bare = [], []
    clipperf_ns(run, board, requests)  # the board's pages appear as they are first written to
    for _ in range(times):
        ours.append(clipperf_ns(run, board, requests))
        bare.append(bare_ns(run, requests))
    flags = ("--warmup", "1") if chosen.quick else ()
    swept = {slots: [swept_ns(requests, slots, *flags) for _ in range(times // 2 or 1)] for slots in (1, 4)}
    (wall_1, cpu_1), (wall_4, cpu_4) = (zip(*swept[slots], strict=True) for slots in (1, 4))
    tell(
        __file__,
        __doc__,
        [
            Figure("`clipperf sweep --runner null`, one slot: wall time", "ns/request", wall_1, "< 1000"),
            Figure("the same: processor time of the worker", "ns/request", cpu_1),
            Figure("`clipperf sweep --runner null`, four slots of one worker: wall time", "ns/request", wall_4),
            Figure("the same: processor time of the worker", "ns/request", cpu_4),
            Figure("the loop alone, over a board: processor time", "ns/request", ours),
            Figure("a bare loop that keeps two instants: processor time", "ns/request", bare),
            Figure("loop ÷ bare loop", "", [mine / its for mine, its in zip(ours, bare, strict=True)]),
        ],
        chosen.record,
    )


if __name__ == "__main__":
    main()
