"""Reading along gives what reading everything at once would give, whenever it looks."""

from __future__ import annotations

import os

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clipperf.measure.samples import Samples, pool
from clipperf.worker.board import Board, create_board_file
from clipperf.worker.reading import Reading

looks = st.lists(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=3, max_size=3), max_size=12)
"""Of every look and slot: how many requests more are counted, and whether the last is still being written."""


def board(slots: int) -> Board:
    fd = create_board_file()
    made = Board(fd, slots)
    os.close(fd)
    return made


def put(on: Board, slot: int, place: int, row: np.ndarray) -> None:
    """Writes requests as a slot does, from its ``place``-th on."""
    np.frombuffer(on.record(slot), dtype=np.int64)[3 * place : 3 * place + row.size] = row.ravel()


def assert_same(found: Samples, expected: Samples) -> None:
    for name, column in vars(expected).items():
        assert np.array_equal(getattr(found, name), column), name


@given(looks, st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_every_look_gives_all_requests_in_order(
    looks: list[list[tuple[int, bool]]], seed: int, slots_per_instance: int
):
    random = np.random.default_rng(seed)
    # Ties, and slots that are read at different times: small steps from one completion to the next.
    totals = [sum(look[slot][0] for look in looks) for slot in range(3)]
    completed = [1 + np.cumsum(random.integers(0, 3, total)) for total in totals]
    rows = [np.column_stack([done, done, done]) for done in completed]
    boards, counts = [board(1), board(2)], [0, 0, 0]
    places = [(boards[0], 0), (boards[1], 0), (boards[1], 1)]
    reading = Reading(boards, slots_per_instance)
    for look in looks:
        seen = []
        for slot, ((on, at), (more, is_torn)) in enumerate(zip(places, look, strict=True)):
            for place in range(max(0, counts[slot] - 1), counts[slot] + more):
                put(on, at, place, rows[slot][place])
            counts[slot] += more
            on.count(at)[0] = counts[slot]
            whole = counts[slot]
            if is_torn and more:
                whole -= 1
                on.record(at)[3 * whole + 2] = 0
            seen.append(rows[slot][:whole])
        assert_same(reading.samples(), pool(seen, slots_per_instance))
    assert_same(Reading(boards, slots_per_instance).samples(), reading.samples())


def test_a_look_takes_nothing_twice():
    on = board(1)
    put(on, 0, 0, np.array([1, 1, 2]))
    on.count(0)[0] = 1
    reading = Reading([on], 1)
    assert reading.samples().completed_ns.tolist() == [2]
    on.record(0)[2] = 99
    assert reading.samples().completed_ns.tolist() == [2]


def test_room_grows_with_what_comes():
    on, number = board(1), 20_000
    done = np.arange(1, number + 1)
    put(on, 0, 0, np.repeat(done, 3))
    reading = Reading([on], 1)
    for upto in (10, 5000, number):
        on.count(0)[0] = upto
        assert np.array_equal(reading.samples().completed_ns, done[:upto])


def test_a_board_without_requests_has_no_samples():
    assert len(Reading([board(2)], 1).samples()) == 0
    assert len(Reading([], 1).samples()) == 0
