"""No test leaves a worker behind; some run their workers under Python 3.8."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest
from old_python import python38_with_libraries


@pytest.fixture(autouse=True)
def no_worker_left() -> Iterator[None]:
    """Looks at this process's children, whose children are theirs."""
    before = set(psutil.Process().children(recursive=True))
    yield
    left = set(psutil.Process().children(recursive=True)) - before
    assert not left, f"left behind: {left}"


@pytest.fixture(scope="session")
def python38(request: pytest.FixtureRequest) -> str:
    """A Python 3.8 with old libraries; the test is skipped where there is none."""
    return python38_with_libraries(request.config)
