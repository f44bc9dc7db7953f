"""Measurements that wait for each other, and what becomes of them where one never comes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from clipperf.errors import CaseFailed
from clipperf.worker.company import Alone, Together

PATIENCE_S = 20.0


def test_all_go_on_when_the_last_has_come():
    barrier, come = threading.Barrier(3), []

    def measure(place: int) -> int:
        come.append(place)
        Together(barrier, place).meet(PATIENCE_S)
        return len(come)

    with ThreadPoolExecutor(3) as pool:
        assert [*pool.map(measure, range(3))] == [3, 3, 3]


def test_who_leaves_keeps_nobody_waiting():
    barrier = threading.Barrier(2)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(Together(barrier, 0).meet, PATIENCE_S)
        Together(barrier, 1).leave()
        with pytest.raises(CaseFailed, match="beside it failed or did not come") as told:
            waiting.result(PATIENCE_S)
    assert told.value.kind == "neighbour-lost"
    with pytest.raises(CaseFailed):
        Together(barrier, 0).meet(PATIENCE_S)


def test_nobody_waits_alone():
    Alone().leave()
    Alone().meet(0.0)
