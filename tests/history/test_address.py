"""Where a history is, as people say it; a password is shown to nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from clipperf.errors import UsageError
from clipperf.history.address import address_of, address_or_default, configured_address

ALLOWED = "a file, sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE."


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("history.sqlite", "history.sqlite"),
        ("sqlite:///history.sqlite", "history.sqlite"),
        ("sqlite:////var/lib/history.sqlite", "/var/lib/history.sqlite"),
        ("sqlite:///file:/var/lib/a%20b.sqlite?mode=ro&uri=true", "/var/lib/a b.sqlite"),
        ("a:b@c/d", "a:b@c/d"),
    ],
)
def test_a_file_by_path_or_url(text: str, file: str):
    address = address_of(text)
    assert (address.file, address.place) == (Path(file), text)
    assert address.url.get_backend_name() == "sqlite"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2"])
def test_a_server_by_any_of_its_names(scheme: str):
    address = address_of(f"{scheme}://me:s3cret@db.example:5433/perf?sslmode=require")
    assert address.url.drivername == "postgresql+psycopg"
    assert address.file is None
    assert address.url.password == "s3cret"
    assert address.place == "postgresql+psycopg://me:***@db.example:5433/perf?sslmode=require"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("mysql://me:s3cret@db/perf", f"--history mysql://…: clipperf does not keep a history there; give {ALLOWED}"),
        ("postgresql://me:s3cret@db:port/perf", f"--history: the URL cannot be read; give {ALLOWED}"),
        ("://s3cret", f"--history: the URL cannot be read; give {ALLOWED}"),
        ("sqlite://", f"--history sqlite://: it names no file, so that nothing would be kept; give {ALLOWED}"),
        (
            "sqlite:///:memory:",
            f"--history sqlite:///:memory:: it names no file, so that nothing would be kept; give {ALLOWED}",
        ),
    ],
)
def test_what_is_none_is_told_without_its_password(text: str, sentence: str):
    with pytest.raises(UsageError) as told:
        address_of(text)
    assert str(told.value) == sentence
    assert "s3cret" not in str(told.value)


def test_the_flag_goes_before_the_environment_and_that_before_the_default(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLIPPERF_HISTORY", "of-the-team.sqlite")
    for configured in (configured_address, address_or_default):
        assert [configured(given).place for given in ("mine.sqlite", None)] == ["mine.sqlite", "of-the-team.sqlite"]
    monkeypatch.setenv("CLIPPERF_HISTORY", "")
    assert configured_address(None) is None
    assert address_or_default(None).file == Path("reports/history.sqlite")
