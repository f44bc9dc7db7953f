"""The log format of ``fake_log``."""

import pytest

from clipperf.importing import formats


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name under which logs of ``fake_log`` can be read."""
    monkeypatch.setitem(formats.SCRIPTS, "fake", "tests.importing.fake_log:FakeLog")
    return "fake"
