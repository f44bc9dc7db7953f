"""Sets of cores as device ids."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.errors import Unsupported
from clipperf.runners import cpu_cores
from clipperf.runners.cpu_cores import available_cores, format_cores, parse_cores

MANY = tuple(range(256))


@pytest.fixture(autouse=True, scope="module")
def a_large_host():
    """Has 256 cores."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cpu_cores, "available_cores", lambda: MANY)
        yield


@given(st.sets(st.sampled_from(MANY), min_size=1))
def test_what_is_formatted_is_parsed_back(cores: set[int]):
    assert parse_cores(format_cores(cores)) == tuple(sorted(cores))


@given(st.sets(st.sampled_from(MANY), min_size=1))
def test_the_format_is_the_shortest(cores: set[int]):
    runs = sum(core - 1 not in cores for core in cores)
    assert format_cores(cores).count("+") == runs - 1


@pytest.mark.parametrize(
    ("device", "cores"),
    [
        ("0", (0,)),
        ("0-1", (0, 1)),
        ("3-3", (3,)),
        ("0-3+8-11", (0, 1, 2, 3, 8, 9, 10, 11)),
        ("5+1", (1, 5)),
        ("1+0-2", (0, 1, 2)),
    ],
)
def test_a_device_is_its_cores(device: str, cores: tuple[int, ...]):
    assert parse_cores(device) == cores


@pytest.mark.parametrize(
    "device", ["", "a", "0,1", "-1", "0-", "0+", "+0", "0--1", " 0", "0 - 1", "0x1", "1.0", "0\n", "²", "0-999999999"]
)
def test_another_form_is_refused_with_the_valid_ones(device: str):
    with pytest.raises(Unsupported, match=r"such as 0, 0-1 or 0-3\+8-11; two devices are written 0,1\.$"):
        parse_cores(device)


@pytest.mark.parametrize(
    ("device", "problem"),
    [
        ("256", "core 256 is not available to this process; available: 0-255"),
        ("255-257", "core 256, 257 is not available"),
        ("0+3-1", "the range 3-1 is empty; write the smaller core first"),
    ],
)
def test_cores_that_are_not_here_are_named_beside_those_that_are(device: str, problem: str):
    with pytest.raises(Unsupported, match=re.escape(f"--device {device}: ") + f".*{problem}"):
        parse_cores(device)


def test_cores_outside_the_affinity_of_this_process_are_not_available(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {2, 5, 3})
    assert available_cores() == (2, 3, 5)
