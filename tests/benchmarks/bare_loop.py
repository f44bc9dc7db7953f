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


def loops(model: str, batch_size: int) -> tuple[Callable[[int], float], Callable[[int], float]]:
    """Seconds that so many requests take: through clipperf's loop and slot, and bare.

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

    def ours(requests: int) -> float:
        began = time.perf_counter()
        record = board.record(0)[: 3 * requests]
        assert closed_loop(slot.run, time.monotonic_ns, board.stop, board.count(0), record) == requests
        return time.perf_counter() - began

    def bare(requests: int) -> float:
        run = session.run
        began = time.perf_counter()
        for _ in range(requests):
            run(names, feeds)
        return time.perf_counter() - began

    return ours, bare


def compare(model: str, batch_size: int, pairs: int, seconds: float) -> list[Figure]:
    """Both loops in the order A B B A, each for about ``seconds``; a ratio for each pair.

    Many short turns, since a machine that others share drifts by more in a second than what is looked for.
    """
    ours, bare = loops(model, batch_size)
    ours(3)
    requests = max(1, round(seconds / (bare(10) / 10)))
    times_us: tuple[list[float], list[float]] = ([], [])
    for pair in range(pairs):
        for which in (0, 1) if pair % 2 == 0 else (1, 0):
            times_us[which].append((ours, bare)[which](requests) / requests * 1e6)
    both = list(zip(*times_us, strict=True))
    what = f"`{model}`, batch {batch_size}, one core"
    return [
        Figure(f"{what}: bare `session.run`", "µs/request", times_us[1]),
        Figure(f"{what}: what clipperf adds", "µs/request", [mine - its for mine, its in both]),
        Figure(f"{what}: qps with clipperf ÷ qps without", "", [its / mine for mine, its in both], "≥ 0.99"),
    ]


def main() -> None:
    """The toy, where the loop weighs most, and the real model."""
    chosen = arguments(__doc__)
    if chosen.quick:
        figures = compare("tiny-vision", 1, 2, 0.01)
    else:
        figures = compare("tiny-vision", 1, 400, 0.05)
        figures += compare("tiny-vision", 8, 400, 0.05)
        figures += compare("vision", 1, 30, 1.0)
    tell(__file__, __doc__, figures, chosen.record)


if __name__ == "__main__":
    main()
