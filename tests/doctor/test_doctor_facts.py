"""Findings from what a host is, on environments made up for each."""

from __future__ import annotations

from typing import Any

import pytest

from clipperf.doctor.finding import Finding
from clipperf.doctor.host_facts import host_findings
from clipperf.results.environment import environment_of_host


def environment(**changed: dict[str, Any]) -> dict[str, Any]:
    """A quiet server of 8 cores, with parts changed."""
    base: dict[str, Any] = {
        "host": "bench1",
        "system": "Linux 6.1",
        "libc": "glibc 2.36",
        "container": None,
        "virtual_machine": None,
        "python": {"version": "3.11.7"},
        "thread_settings": {},
        "cpu": {
            "model": "A processor",
            "arithmetic": ["avx2"],
            "cores_physical": 8,
            "cores_logical": 8,
            "cores_available": list(range(8)),
            "smt": False,
            "numa_nodes": {"0": list(range(8))},
            "governors": ["performance"],
            "frequency_bounds_mhz": [2000.0, 3000.0],
            "turbo": False,
            "quota_cores": None,
        },
        "memory": {"total_mb": 64000, "limit_mb": None},
        "clock": {"name": "CLOCK_MONOTONIC", "source": "tsc"},
        "now": {"memory_available_mb": 60000, "swap_used_mb": 0, "clock_step_ns": 40},
    }
    for part, keys in changed.items():
        base[part] = {**base[part], **keys} if isinstance(keys, dict) else keys
    return base


def finding(subject: str, **changed: dict[str, Any]) -> Finding:
    """What is found on one subject of such a server."""
    return next(each for each in host_findings(environment(**changed)) if each.subject == subject)


def test_a_quiet_server_needs_nothing() -> None:
    found = host_findings(environment())
    assert {each.level for each in found} == {"ok"}
    assert not any(each.remedy for each in found)


@pytest.mark.parametrize(
    ("subject", "changed", "word"),
    [
        ("memory nodes", {"cpu": {"numa_nodes": {"0": [0, 1, 2, 3], "1": [4, 5, 6, 7]}}}, "--device"),
        ("processor clock", {"cpu": {"governors": ["powersave"]}}, "performance"),
        ("processor clock", {"cpu": {"turbo": True}}, "Turbo off"),
        ("processor quota", {"cpu": {"quota_cores": 1.5}}, "quota to 8 cores"),
        ("memory", {"now": {"memory_available_mb": 900}}, "Free memory"),
        ("memory", {"memory": {"limit_mb": 2000}}, "Free memory"),
        ("thread settings", {"thread_settings": {"OMP_NUM_THREADS": "1"}}, "Unset OMP_NUM_THREADS"),
        ("clock", {"clock": {"source": "hpet"}}, "clocksource=tsc"),
    ],
)
def test_what_costs_certainty_is_noted_with_a_remedy(subject: str, changed: dict[str, Any], word: str) -> None:
    found = finding(subject, **changed)
    assert found.level == "note"
    assert word in found.remedy
    assert found.remedy.endswith(".")


def test_what_is_not_told_is_no_note() -> None:
    unknown = {"governors": None, "frequency_bounds_mhz": None, "turbo": None, "numa_nodes": None}
    assert finding("processor clock", cpu=unknown) == Finding("processor clock", "ok", "not told by the host")
    assert finding("memory nodes", cpu=unknown).level == "ok"
    assert finding("clock", clock={"source": None}).level == "ok"


def test_the_environment_of_this_host_has_every_key_that_is_looked_at() -> None:
    assert len(host_findings(environment_of_host())) == len(host_findings(environment()))
