"""Findings from what a host did, on readings made up for each."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.doctor.clock_trial import Evenness, Lateness
from clipperf.doctor.host_rest import rest_findings, trial_findings
from clipperf.monitors.busiest import Program
from clipperf.monitors.host_readings import HostReadings

QUIET = HostReadings(
    window_s=1.0,
    cores=2,
    cpu_pct=0.0,
    rss_mb=None,
    other_share=0.01,
    steal_share=0.0,
    resolution_share=0.015,
    load_average=(0.2, 0.1, 0.1),
    swapped_in_pages=0,
    swapped_out_pages=0,
    frequency_min_mhz=None,
    frequency_max_mhz=None,
    frequency_mean_mhz=None,
    temperature_c=50.0,
    temperature_margin_c=50.0,
    thermal_throttles=0,
    throttled_periods=0,
    throttled_s=0.0,
    own_cost_share=0.0,
)
SILENT = replace(
    QUIET,
    other_share=None,
    steal_share=None,
    load_average=None,
    swapped_in_pages=None,
    swapped_out_pages=None,
    temperature_c=None,
    temperature_margin_c=None,
    thermal_throttles=None,
    throttled_periods=None,
    throttled_s=None,
)
EVEN, PROMPT = Evenness(1.0, 0.03, 0.01), Lateness(55, 90)


def levels(readings: HostReadings) -> dict[str, str]:
    """The level of each subject that is not ok."""
    return {each.subject: each.level for each in rest_findings(readings, [], 100) if each.level != "ok"}


@pytest.mark.parametrize("readings", [QUIET, SILENT])
def test_a_host_at_rest_and_one_that_tells_nothing_are_fine(readings: HostReadings) -> None:
    assert levels(readings) == {}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"other_share": 0.3}, {"other programs": "mend"}),
        ({"steal_share": 0.1}, {"steal": "mend"}),
        ({"throttled_periods": 3, "throttled_s": 0.1}, {"throttling": "mend"}),
        ({"swapped_in_pages": 4}, {"swap": "mend"}),
        ({"temperature_margin_c": 1.0}, {"heat": "mend"}),
        ({"load_average": (1.5, 0.1, 0.1)}, {"load average": "note"}),
    ],
)
def test_each_disturbance_is_named(changed: dict[str, float], found: dict[str, str]) -> None:
    assert levels(replace(QUIET, **changed)) == found


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_work_of_others_never_makes_it_fit(some: float, more: float) -> None:
    if levels(replace(QUIET, other_share=some)):
        assert levels(replace(QUIET, other_share=some + more))


def test_the_busiest_programs_are_named_with_their_part_of_a_core() -> None:
    found = rest_findings(replace(QUIET, other_share=0.5), [Program("python", 98), Program("sh", 4)], 100)[0]
    assert found.found == "50.0 % of 2 cores; busiest: python 98 %, sh 4 %"


def test_trials_that_went_well_are_fine() -> None:
    assert [each.level for each in trial_findings(PROMPT, EVEN)] == ["ok", "ok"]


def test_late_sleeps_and_uneven_work_are_judged() -> None:
    assert trial_findings(Lateness(300, 310), EVEN)[0].level == "note"
    assert trial_findings(Lateness(55, 6000), EVEN)[0].level == "note"
    assert trial_findings(PROMPT, replace(EVEN, spread=0.3))[1].level == "note"
    assert trial_findings(PROMPT, replace(EVEN, lost_share=0.2))[1].level == "mend"
