"""A part of the study in tests/benchmarks/tune.py: the choice is near the best for a part of the grid's time."""

from __future__ import annotations

import pytest
from tune_devices import DEVICES
from tune_study import study

NAMED = {device.name: device for device in DEVICES}


@pytest.mark.parametrize(
    "name",
    [
        "top at a batch between",
        "slow beyond its memory",
        "fails beyond its memory",
        "one option that matters, without order",
        "streams that want requests",
    ],
)
def test_most_qps(name: str):
    found = study(NAMED[name], 0, [0])
    assert max(found.regrets) <= 0.02
    assert max(found.shares) <= 0.25
