"""Messages between the command and a worker."""

from __future__ import annotations

import fcntl
import os
import resource
import threading
from collections.abc import Iterator

import pytest

from clipperf.worker.wire import Channel


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    """Two channels that speak to each other."""
    (here_read, there_write), (there_read, here_write) = os.pipe(), os.pipe()
    here, there = Channel(here_read, here_write), Channel(there_read, there_write)
    yield here, there
    here.close()
    there.close()


def test_messages_come_whole_and_in_order(ends: tuple[Channel, Channel]):
    here, there = ends
    messages = [{"do": "load", "text": 'a\n"b" ±'}, {}, {"numbers": [1, 2.5, None]}]
    for message in messages:
        here.send(message)
    assert [there.receive(1) for _ in messages] == messages


def test_a_message_larger_than_the_pipe_arrives(ends: tuple[Channel, Channel]):
    here, there = ends
    message = {"text": "x" * 1_000_000}
    sender = threading.Thread(target=here.send, args=(message,))
    sender.start()
    assert there.receive(10) == message
    sender.join()


def test_a_message_that_does_not_come_in_time_is_an_error(ends: tuple[Channel, Channel]):
    here, there = ends
    os.write(here.write_fd, b'{"half": ')
    with pytest.raises(TimeoutError):
        there.receive(0.01)


def test_half_a_message_is_kept_until_its_end_comes(ends: tuple[Channel, Channel]):
    here, there = ends
    os.write(here.write_fd, b'{"half": ')
    with pytest.raises(TimeoutError):
        there.receive(0.01)
    os.write(here.write_fd, b"2}\n")
    assert there.receive(1) == {"half": 2}


def test_the_other_end_s_end_is_noticed():
    (here_read, there_write), (there_read, here_write) = os.pipe(), os.pipe()
    here, there = Channel(here_read, here_write), Channel(there_read, there_write)
    there.close()
    with pytest.raises(EOFError):
        here.receive(1)
    with pytest.raises(BrokenPipeError):
        here.send({})
    here.close()


def test_closing_twice_closes_nothing_of_others():
    (read, _write), (_read, write) = os.pipe(), os.pipe()
    channel = Channel(read, write)
    channel.close()
    newcomer = os.pipe()  # gets the numbers that are free again
    channel.close()
    os.write(newcomer[1], b"x")
    assert os.read(newcomer[0], 1) == b"x"


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_NOFILE)[0] <= 2000, reason="so many files are not allowed here")
def test_a_program_with_many_files_open_is_spoken_to_all_the_same():
    read, write = os.pipe()
    high = fcntl.fcntl(read, fcntl.F_DUPFD, 2000)
    os.close(read)
    channel = Channel(high, write)
    channel.send({"do": "check"})
    assert channel.receive(1) == {"do": "check"}
    with pytest.raises(TimeoutError):
        channel.receive(0.001)
    channel.close()
