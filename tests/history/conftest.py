"""Every test of the history runs on a file and on a server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql
from sqlalchemy.engine import URL

from clipperf.history.address import Address, address_of
from clipperf.history.database import History, open_history
from tests.history.server import PASSWORD, USER, Server, programs, running_server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The server; it ends with the module, as other tests look for programs left behind."""
    found = programs()
    if found is None:
        # .ci/run installs one and names it here, so that there the tests cannot be left out unseen.
        absent = pytest.fail if "postgresql" in os.environ.get("CLIPPERF_TESTS_NEED", "") else pytest.skip
        absent("PostgreSQL's server is not installed: apt-get install postgresql")
    with running_server(found) as started:
        yield started


@pytest.fixture
def database(server: Server, request: pytest.FixtureRequest) -> Iterator[Address]:
    """A new database on the server."""
    name = f"test_{abs(hash(request.node.nodeid))}"
    with server.connect() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = URL.create("postgresql+psycopg", USER, PASSWORD, database=name, query={"host": str(server.folder)})
    yield address_of(url.render_as_string(hide_password=False))
    with server.connect() as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def file(tmp_path: Path) -> Address:
    """A file that is not there yet."""
    return address_of(str(tmp_path / "history.sqlite"))


@pytest.fixture(params=["file", "database"])
def address(request: pytest.FixtureRequest) -> Address:
    """Where a history may be: a file, and a database of a server."""
    address: Address = request.getfixturevalue(request.param)
    return address


@pytest.fixture
def history(address: Address) -> Iterator[History]:
    """A new history."""
    with open_history(address) as opened:
        yield opened
