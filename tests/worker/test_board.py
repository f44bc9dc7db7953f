"""The memory that a worker writes requests to and the command reads along."""

from __future__ import annotations

import signal
import subprocess
import sys

import numpy as np
import pytest

from clipperf.measure.closed_loop import closed_loop
from clipperf.worker.board import Board, capacity_for, create_board_file


def both_sides(slots: int) -> tuple[Board, Board]:
    fd = create_board_file()
    return Board(fd, slots), Board(fd, slots)


def ticking():
    """A clock that goes one further each time it is asked."""
    now = iter(range(1, 1 << 40))
    return lambda: next(now)


def record(board: Board, slot: int, requests: int) -> None:
    stop = board.stop
    left = [requests]

    def run() -> None:
        left[0] -= 1
        if not left[0]:
            stop[0] = 1

    closed_loop(run, ticking(), stop, board.count(slot), board.record(slot))
    stop[0] = 0


def test_what_one_side_records_the_other_reads():
    worker, command = both_sides(2)
    record(worker, 0, 3)
    record(worker, 1, 1)
    assert command.counts() == [3, 1]
    assert command.rows(0).tolist() == [[1, 1, 2], [3, 3, 4], [5, 5, 6]]
    assert command.rows(1).tolist() == [[1, 1, 2]]


def test_the_command_stops_a_load_by_one_word():
    worker, command = both_sides(1)
    command.stop[0] = 1
    done = closed_loop(lambda: None, ticking(), worker.stop, worker.count(0), worker.record(0))
    assert done == 0


def test_reset_empties_it_for_the_next_case():
    worker, command = both_sides(2)
    record(worker, 0, 5)
    command.stop[0] = 1
    command.reset()
    assert (worker.counts(), worker.stop[0]) == ([0, 0], 0)
    record(worker, 0, 2)
    assert command.rows(0).tolist() == [[1, 1, 2], [3, 3, 4]]


def test_a_full_record_ends_the_load_by_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("clipperf.worker.board.capacity_for", lambda slots: 4)
    worker, command = both_sides(1)
    assert not command.is_full()
    done = closed_loop(lambda: None, ticking(), worker.stop, worker.count(0), worker.record(0))
    assert done == 4
    assert command.is_full()
    assert len(command.rows(0)) == 4


@pytest.mark.parametrize("slots", [1, 4, 1000])
def test_there_is_room_for_many_requests(slots: int):
    assert capacity_for(slots) >= 65_536
    assert capacity_for(slots) * slots >= 4_000_000


def test_counters_of_different_slots_lie_in_different_cache_lines():
    board, _ = both_sides(3)
    places = [np.frombuffer(board.count(slot), dtype=np.int64).__array_interface__["data"][0] for slot in range(3)]
    assert np.diff(places).tolist() == [64, 64]


def test_what_was_recorded_survives_the_death_of_the_worker():
    fd = create_board_file()
    command = Board(fd, 1)
    code = (
        "import os, signal, sys\nfrom clipperf.measure.closed_loop import closed_loop\n"
        "from clipperf.worker.board import Board\n"
        "board, clock = Board(int(sys.argv[1]), 1), iter(range(1, 100))\n"
        "def run():\n"
        "    if board.counts() == [7]: os.kill(os.getpid(), signal.SIGKILL)\n"
        "closed_loop(run, lambda: next(clock), board.stop, board.count(0), board.record(0))"
    )
    worker = subprocess.run([sys.executable, "-c", code, str(fd)], pass_fds=[fd])
    assert worker.returncode == -signal.SIGKILL
    assert command.counts() == [7]
    assert command.rows(0)[-1].tolist() == [13, 13, 14]
