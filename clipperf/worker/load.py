"""Keeps the slots of a worker busy, a thread each, in the closed or the open loop."""

from __future__ import annotations

import ctypes
import gc
import os
import queue
import sys
import threading
import time
from typing import Callable, Sequence

from clipperf.measure.closed_loop import WORDS_PER_REQUEST, closed_loop
from clipperf.measure.open_loop import open_loop
from clipperf.worker.board import Board

_PR_SET_TIMERSLACK = 29
_SPIN_NS = 60_000
"""What is left to wait by spinning: with a timer slack of 1 ns ``sleep`` overshoots by some 5 µs, not by 50."""
_LONGEST_SLEEP_NS = 50_000_000
_SWITCH_INTERVAL_S = 50e-6
"""How long a spinning slot may keep the interpreter from one whose request has come back."""
_HARNESS_REQUESTS = 2000


def keep_busy(runs: Sequence[Callable[[], object]], board: Board, start_ns: int, arrivals_fd: int | None) -> None:
    """Sends requests through every slot from ``start_ns`` until the board's stop word is set; raises what one raises.

    ``arrivals_fd`` is the schedule of an open loop, None in a closed one. The garbage collector sleeps meanwhile.
    """
    ended: queue.Queue[BaseException | None] = queue.Queue()

    def serve(slot: int) -> None:
        try:
            _sleep_until(start_ns)
            if arrivals_fd is None:
                closed_loop(runs[slot], time.monotonic_ns, board.stop, board.count(slot), board.record(slot))
            else:
                take, wait = _taker(arrivals_fd, start_ns), _waiter(board.stop)
                open_loop(runs[slot], time.monotonic_ns, take, wait, board.stop, board.count(slot), board.record(slot))
            ended.put(None)
        except BaseException as error:  # noqa: BLE001 (whatever an SDK raises becomes a row)
            ended.put(error)

    switch_interval_s = sys.getswitchinterval()
    if arrivals_fd is not None:
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        _start(serve, len(runs))
        for _ in runs:
            error = ended.get()
            if error is not None:
                board.stop[0] = 1
                raise error
    finally:
        gc.enable()
        gc.unfreeze()
        sys.setswitchinterval(switch_interval_s)


def harness_ns(slots: int, is_open: bool) -> float:
    """What the loop itself costs a request with so many slots in this process, by a device that does nothing.

    Slots share the interpreter, so the cost is the wall time of all over the number of requests of all.
    """
    threads: queue.Queue[None] = queue.Queue()
    gate = threading.Event()
    due = iter([1] * (_HARNESS_REQUESTS * slots))

    def serve(slot: int) -> None:
        record, count, stop = [0] * (_HARNESS_REQUESTS * WORDS_PER_REQUEST), [0], [0]
        gate.wait()
        if is_open:
            open_loop(_nothing, time.monotonic_ns, lambda: next(due, 0), _waiter(stop), stop, count, record)
        else:
            closed_loop(_nothing, time.monotonic_ns, stop, count, record)
        threads.put(None)

    _start(serve, slots)
    began = time.monotonic_ns()
    gate.set()
    for _ in range(slots):
        threads.get()
    return (time.monotonic_ns() - began) / (_HARNESS_REQUESTS * slots)


def _nothing() -> None:
    pass


def _start(serve: Callable[[int], None], slots: int) -> None:
    for slot in range(slots):
        threading.Thread(target=serve, args=(slot,), daemon=True).start()


def _sleep_until(start_ns: int) -> None:
    ahead_s = (start_ns - time.monotonic_ns()) * 1e-9
    if ahead_s > 0:
        time.sleep(ahead_s)


def _taker(arrivals_fd: int, start_ns: int) -> Callable[[], int]:
    """Takes the next arrival off the schedule: a read moves the file's offset, which all workers share."""
    read, from_bytes = os.read, int.from_bytes

    def take() -> int:
        entry = read(arrivals_fd, 8)
        return start_ns + from_bytes(entry, "little") if entry else 0

    return take


def _waiter(stop: Sequence[int]) -> Callable[[int], bool]:
    clock_ns, sleep = time.monotonic_ns, time.sleep
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, 1, 0, 0, 0)

    def wait_until(due_ns: int) -> bool:
        ahead_ns = due_ns - clock_ns()
        while ahead_ns > _SPIN_NS:
            sleep(min(ahead_ns - _SPIN_NS, _LONGEST_SLEEP_NS) * 1e-9)
            if stop[0]:
                return False
            ahead_ns = due_ns - clock_ns()
        while clock_ns() < due_ns:
            pass
        return True

    return wait_until
