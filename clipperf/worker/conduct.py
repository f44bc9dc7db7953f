"""Conducts the workers of one case: loads them, starts them together, reads along, stops them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clipperf.errors import CaseTimedOut, Unsupported
from clipperf.measure.samples import Samples
from clipperf.measure.stages import times_by_request
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.stopping import Closing
from clipperf.measure.warmup import WarmUp, judge_warmup
from clipperf.measure.window import opening_ns
from clipperf.monitors.host import HostMonitor
from clipperf.monitors.host_readings import HostReadings
from clipperf.worker.company import Company
from clipperf.worker.process import WorkerProcess
from clipperf.worker.reading import Reading
from clipperf.worker.wire import readable

_HARNESS_SHARE = 0.5  # of a worker's time; beyond that the harness is the queue that is measured
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.005, 0.1
_REST = 20.0  # times what a look took, until the next
_LEAD_NS = 20_000_000  # from the order to the start: every worker has its threads waiting by then


@dataclass(frozen=True)
class Progress:
    """What a display may show of a running case; ``samples`` is None while nothing is in flight."""

    phase: str
    samples: Samples | None = None
    open_ns: int | None = None


@dataclass(frozen=True)
class Load:
    """What a case puts on its workers; each of them draws its inputs from a seed of its own.

    ``inputs`` are the descriptions that ``runners.inputs`` reads. In an open loop ``offsets_ns`` are the arrivals, ns
    after the start, ``rate_per_s`` of them a second.
    """

    batch_size: int
    inputs: tuple[Mapping[str, Any], ...]
    seed: int
    rate_per_s: float = 0.0
    offsets_ns: np.ndarray | None = None

    @property
    def is_open(self) -> bool:
        """Whether requests arrive on a schedule."""
        return self.offsets_ns is not None


@dataclass(frozen=True)
class Recording:
    """The raw result of a case: all samples, and the instants between which they count.

    ``warmed_up`` says how the warm-up ended; ``host`` is what the host did during the window; ``reports`` is what each
    worker said when it had loaded the case. ``compute_ns`` is the execution time of each sample, NaN where the SDK does
    not tell.
    """

    samples: Samples
    slots: int
    warm_ns: int
    stop_ns: int
    warmed_up: str
    is_precise: bool
    is_full: bool
    host: HostReadings
    reports: tuple[Mapping[str, Any], ...]
    compute_ns: np.ndarray


def conduct(
    workers: Sequence[WorkerProcess],
    load: Load,
    slots_per_instance: int,
    rule: StopRule,
    cores: Sequence[int] | None,
    timeout_s: float,
    show: Callable[[Progress], None],
    company: Company,
) -> Recording:
    """Measures one case on workers that are open; raises what a worker raises, CaseTimedOut after ``timeout_s``.

    ``cores`` are those of the devices, None where devices are no cores; ``company`` is what measures at the same time.
    Raises Unsupported where the harness cannot keep up with the rate of an open loop.
    """
    patience = _Patience(timeout_s)
    show(Progress("loading"))
    for number, worker in enumerate(workers):
        worker.order(
            "load",
            log=str(worker.log),
            batch_size=load.batch_size,
            inputs=list(load.inputs),
            seed=load.seed + 1000 * number,
            is_open=load.is_open,
        )
    reports = tuple(worker.answer(patience.left_s()) for worker in workers)
    _refuse_rate_beyond_harness(load, reports)
    company.meet(patience.left_s())
    boards = [worker.board for worker in workers if worker.board is not None]
    slots = sum(board.slots for board in boards)
    for board in boards:
        board.reset()
    start_ns = time.monotonic_ns() + _LEAD_NS
    for worker in workers:
        worker.order("run", start_ns=start_ns, is_open=load.is_open)
    running, reading = _Running(workers, patience), Reading(boards, slots_per_instance)

    def is_full() -> bool:
        return any(board.is_full() for board in boards)

    warm_up = WarmUp(False, "")
    while not (warm_up.ended or is_full() or running.has_ended()):
        running.wait()
        warm_ns, so_far = time.monotonic_ns(), reading.samples()
        warm_up = judge_warmup(rule, so_far, slots, start_ns, warm_ns)
        show(Progress("warm-up", so_far))
    closing: Closing | None = None
    with HostMonitor([worker.pid for worker in workers], cores=cores) as monitor:
        running.begin_anew()
        while True:
            running.wait()
            now_ns, so_far = time.monotonic_ns(), reading.samples()
            if closing is None and (open_ns := opening_ns(so_far, slots, warm_ns)) is not None:
                closing = Closing(rule, open_ns, slots)
            opened_ns = None if closing is None else closing.open_ns
            inside = so_far.after(opened_ns or now_ns)
            show(Progress("measuring", so_far, opened_ns))
            over = is_full() or running.has_ended()
            if over or (closing is not None and closing.is_due(inside, now_ns)):
                break
        stop_ns = time.monotonic_ns()
        company.meet(patience.left_s())
        for board in boards:
            board.stop[0] = 1
        host = monitor.stop()
    compute_ns = [times for answer in running.finish() for times in answer["compute_ns"]]
    precise = rule.is_fixed or (closing is not None and closing.is_precise(inside))
    samples = reading.samples()
    return Recording(
        samples,
        slots,
        warm_ns,
        stop_ns,
        warm_up.how,
        precise,
        is_full(),
        host,
        reports,
        times_by_request(samples, compute_ns),
    )


def _refuse_rate_beyond_harness(load: Load, reports: Sequence[Mapping[str, Any]]) -> None:
    slowest_ms = max(report["harness_ms"] for report in reports)
    most_per_s = _HARNESS_SHARE * len(reports) / (slowest_ms / 1e3)
    if load.rate_per_s > most_per_s:
        raise Unsupported(
            f"--rate {load.rate_per_s:g}: with this many slots the harness itself takes {1e3 * slowest_ms:.2f} µs a "
            f"request on this machine and keeps its schedule up to {most_per_s:,.0f} requests/s; give a lower rate, a "
            "smaller --queue-depth, or more devices, each of which has a process of its own."
        )


class _Patience:
    """What is left of the case's time."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._give_up = time.monotonic() + timeout_s

    def left_s(self) -> float:
        left = self._give_up - time.monotonic()
        if left <= 0:
            raise CaseTimedOut(f"The case did not end within --case-timeout {self._timeout_s:g} s.")
        return left


class _Running:
    """Workers with load on them: an answer that comes early is an error, or the end of a full record."""

    def __init__(self, workers: Sequence[WorkerProcess], patience: _Patience) -> None:
        self._workers = workers
        self._waiting = {worker.answer_fd: worker for worker in workers}
        self._answers: dict[int, Mapping[str, Any]] = {}
        self._patience = patience
        self.begin_anew()

    def begin_anew(self) -> None:
        """Looks often at first, since a window may be short; what is done between two phases is no look."""
        self._pause_s = _SHORTEST_PAUSE_S
        self._woke_s = time.thread_time()

    def wait(self) -> None:
        """Lets the load run for a while: longer and longer, and at least 20 times what looking at it took.

        So looking takes under 5 % of one core however many requests come in, and a short case is not held up.
        """
        took_s = time.thread_time() - self._woke_s
        pause_s = max(self._pause_s, _REST * took_s)
        self._pause_s = min(self._pause_s * 1.3, _LONGEST_PAUSE_S)
        for fd in readable(self._waiting, min(pause_s, self._patience.left_s())):
            self._take(fd)
        self._woke_s = time.thread_time()

    def has_ended(self) -> bool:
        """Whether all workers have stopped by themselves, at the end of a record or of a schedule."""
        return not self._waiting

    def finish(self) -> list[Mapping[str, Any]]:
        """The answers of all workers, in their order, once the last has come."""
        for fd in list(self._waiting):
            self._take(fd)
        return [self._answers[worker.answer_fd] for worker in self._workers]

    def _take(self, fd: int) -> None:
        self._answers[fd] = self._waiting.pop(fd).answer(self._patience.left_s())
