"""Sleeps and work on a clock of the test's own: nothing here takes time."""

from __future__ import annotations

import pytest

from clipperf.doctor.clock_trial import Evenness, Lateness, count, try_sleeps, try_work


class FakeClock:
    """Time that passes only by sleeping and working; ``late`` and ``extra`` are in ns, in turn."""

    def __init__(self, late: list[int], extra: list[int]) -> None:
        self.now = 0
        self._late, self._extra, self._turn = late, extra, 0

    def now_ns(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += round(seconds * 1e9) + self._late[self._turn % len(self._late)]
        self._turn += 1

    def work(self, length: int) -> None:
        self.now += 10 * length + self._extra[self._turn % len(self._extra)]
        self._turn += 1


def test_lateness_is_what_the_sleeps_took_too_long() -> None:
    clock = FakeClock(late=[50_000] * 49 + [3_000_000], extra=[0])
    assert try_sleeps(clock.now_ns, clock.sleep, 1.0) == Lateness(p50_us=50, p99_us=3000)


def test_work_that_nobody_disturbs_is_even() -> None:
    clock = FakeClock(late=[0], extra=[0])
    assert try_work(clock.now_ns, clock.work, 0.5) == Evenness(p50_ms=1.0, spread=0.0, lost_share=0.0)


def test_rare_long_interruptions_are_lost_time_and_no_spread() -> None:
    clock = FakeClock(late=[0], extra=[0] * 19 + [5_000_000])
    found = try_work(clock.now_ns, clock.work, 5.0)
    assert found.spread == 0
    # Of twenty pieces of 1 ms one takes 6 ms: 5 of 25 ms are lost.
    assert found.lost_share == pytest.approx(0.2, abs=0.01)


def test_jitter_is_spread_and_no_lost_time() -> None:
    clock = FakeClock(late=[0], extra=[0, 100_000, 200_000])
    found = try_work(clock.now_ns, clock.work, 5.0)
    assert found.spread == pytest.approx(0.2 / found.p50_ms, rel=0.01)
    assert found.lost_share == pytest.approx(0, abs=0.01)


def test_one_piece_and_one_sleep_at_least() -> None:
    clock = FakeClock(late=[7000], extra=[0])
    assert try_sleeps(clock.now_ns, clock.sleep, 0.0) == Lateness(7, 7)
    assert try_work(clock.now_ns, clock.work, 0.0).spread == 0
    count(3)
