"""The closed loop under a clock that moves when it is told to."""

from __future__ import annotations

from clipperf.measure.closed_loop import WORDS_PER_REQUEST, closed_loop


class Device:
    """Takes a known time; ``stop`` becomes 1 in its last request."""

    def __init__(self, times_ns: list[int], costs_ns: int = 0) -> None:
        self.now_ns, self.stop = 1000, [0]
        self._times_ns, self._costs_ns = list(times_ns), costs_ns

    def clock_ns(self) -> int:
        self.now_ns += self._costs_ns
        return self.now_ns

    def run(self) -> None:
        self.now_ns += self._times_ns.pop(0)
        if not self._times_ns:
            self.stop[0] = 1


def test_every_request_is_recorded_with_its_instants():
    device, count, record = Device([5, 7, 9]), [0], [0] * 30
    assert closed_loop(device.run, device.clock_ns, device.stop, count, record) == 3
    assert record[:9] == [1000, 1000, 1005, 1005, 1005, 1012, 1012, 1012, 1021]
    assert record[9:] == [0] * 21
    assert count == [3]


def test_what_the_harness_takes_between_requests_is_no_latency():
    device, count, record = Device([5, 5], costs_ns=2), [0], [0] * 6
    closed_loop(device.run, device.clock_ns, device.stop, count, record)
    issued, completed = record[1::3], record[2::3]
    assert [done - begun for begun, done in zip(issued, completed, strict=True)] == [7, 7]
    assert issued[1] - completed[0] == 2
    assert record[0::3] == issued


def test_no_request_after_the_stop():
    device, count, record = Device([5] * 9), [0], [0] * 30
    device.stop[0] = 1
    assert closed_loop(device.run, device.clock_ns, device.stop, count, record) == 0
    assert record == [0] * 30


def test_a_full_record_ends_the_loop():
    device, count = Device([1] * 100), [0]
    record = [0] * (4 * WORDS_PER_REQUEST + 2)
    assert closed_loop(device.run, device.clock_ns, device.stop, count, record) == 4
    assert count == [4]
    assert record[-2:] == [0, 0]


def test_the_count_is_raised_after_the_words():
    device, record = Device([5, 5, 5]), [0] * 9

    class Count(list[int]):
        def __setitem__(self, place: int, number: int) -> None:  # type: ignore[override]
            assert record[WORDS_PER_REQUEST * number - 1] > 0
            super().__setitem__(place, number)

    assert closed_loop(device.run, device.clock_ns, device.stop, Count([0]), record) == 3
