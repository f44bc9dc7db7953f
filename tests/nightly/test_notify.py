"""Telling a web address of a night."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from clipperf.errors import UsageError
from clipperf.nightly.notify import check_address, post


@contextmanager
def listener(*answers: int) -> Iterator[tuple[str, list[Any]]]:
    """A server on this machine that gives these answers in turn, and what it got."""
    got: list[Any] = []
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, self.headers["Content-Type"], json.loads(body)))
            self.send_response(left.pop(0))
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook/secret", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_record_arrives_as_json():
    with listener(200) as (url, got):
        assert post(url, {"text": "quiet ±"}) == ""
    assert got == [("/hook/secret", "application/json", {"text": "quiet ±"})]


def test_a_server_that_stumbles_is_asked_again_and_one_that_refuses_is_not():
    with listener(503, 502, 200) as (url, got):
        assert post(url, {}) == ""
        assert len(got) == 3
    with listener(404) as (url, got):
        assert post(url, {}) == "127.0.0.1: it answered 404"
        assert len(got) == 1


def test_what_keeps_it_from_arriving_is_told_without_the_address():
    with listener() as (url, _):
        pass
    told = post(url, {})
    assert "refused" in told
    assert "secret" not in told


@pytest.mark.parametrize("url", ["file:///etc/passwd", "hook", "https://", "http://[::1"])
def test_other_addresses_are_refused(url: str):
    with pytest.raises(UsageError, match="begins with https"):
        check_address(url)
