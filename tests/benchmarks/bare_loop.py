"""What clipperf's loop takes from a model's throughput: its slot against bare ``session.run``, in one process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import numpy as np
from record import Figure, arguments, tell

from clipperf.measure.closed_loop import closed_loop
from clipperf.models import build
from clipperf.runners.base import OpenSpec
from clipperf.runners.onnxruntime import OnnxRuntimeRunner
from clipperf.worker.board import Board, create_board_file

_JUDGED_FROM_US = 150.0
"""The shortest request for which something is demanded: below it a fixed cost of half a microsecond weighs more."""


def loops(model: str, batch_size: int) -> tuple[Callable[[int], None], Callable[[int], None]]:
    """So many requests through clipperf's loop and slot, and bare.

    Both run the same session on the same input, so that nothing but the loop differs.
    """
    core = str(min(os.sched_getaffinity(0)))
    os.sched_setaffinity(0, {int(core)})
    instance = OnnxRuntimeRunner().open(OpenSpec(str(build(model).path), core, "fp32", "host", None, 1))
    session = instance._session

    (tensor,) = instance.signature.inputs
    image = np.random.default_rng(0).standard_normal((batch_size, *tensor.shape[1:]), dtype=np.float32)
    feeds, names = {tensor.name: image}, [output.name for output in instance.signature.outputs]
    slot, board = instance.slots[0], Board(create_board_file(), 1)
    slot.load(feeds)

    def ours(requests: int) -> None:
        record = board.record(0)[: 3 * requests]
        assert closed_loop(slot.run, time.monotonic_ns, board.stop, board.count(0), record) == requests

    def bare(requests: int) -> None:
        run = session.run
        for _ in range(requests):
            run(names, feeds)

    return ours, bare


def compare(model: str, batch_size: int, pairs: int, seconds: float) -> list[Figure]:
    """Both loops in the order A B B A, each for about ``seconds``; a ratio for each pair.

    Many short turns, since a machine that others share drifts by more in a second than what is looked for. Processor
    time leaves out what others took of the core; on a machine of one's own the two ratios are the same.
    """
    sides = loops(model, batch_size)
    for side in sides:
        side(3)
    requests = max(1, round(seconds / (timed(sides[1], 10)[0] / 10)))
    taken: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    for pair in range(pairs):
        for which in (0, 1) if pair % 2 == 0 else (1, 0):
            taken[which].append(timed(sides[which], requests))
    ours, bare = np.array(taken[0]) / requests * 1e6, np.array(taken[1]) / requests * 1e6
    what = f"`{model}`, batch {batch_size}, one core"
    demand = "≥ 0.99" if np.median(bare[:, 0]) >= _JUDGED_FROM_US else ""
    return [
        Figure(f"{what}: bare `session.run`", "µs/request", bare[:, 0]),
        Figure(f"{what}: processor time that clipperf adds", "µs/request", ours[:, 1] - bare[:, 1]),
        Figure(f"{what}: qps with clipperf ÷ without, by wall time", "", bare[:, 0] / ours[:, 0], demand),
        Figure(f"{what}: the same by processor time", "", bare[:, 1] / ours[:, 1], demand),
    ]


def timed(side: Callable[[int], None], requests: int) -> tuple[float, float]:
    """Wall and processor seconds of so many requests."""
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    side(requests)
    return time.perf_counter() - wall_s, time.process_time() - cpu_s


def main() -> None:
    """The toy, where the loop weighs most, and the real model."""
    chosen = arguments(__doc__)
    if chosen.quick:
        figures = compare("tiny-vision", 1, 2, 0.01)
    else:
        figures = compare("tiny-vision", 1, 400, 0.03)
        figures += compare("tiny-vision", 4, 400, 0.03)
        figures += compare("vision", 1, 20, 0.5)
    tell(__file__, __doc__, figures, chosen.record)


if __name__ == "__main__":
    main()
