"""The exit code of a night."""

from __future__ import annotations

from pathlib import Path

import pytest
from nights import figures, night, track

from clipperf.analysis.night_summary import NightSummary, NightSweep, exit_code
from clipperf.analysis.night_verdict import SUSPECTED, Verdict, judge_night

FINE = NightSweep("s", Path("runs/s"), 3, 0)


def verdicts(*values: object) -> tuple[Verdict, ...]:
    """Of tracks of 23 nights each, as of the last."""
    return tuple(judge_night([track(each, series=str(number)) for number, each in enumerate(values)], night(22)))


def summary(found: tuple[Verdict, ...], *sweeps: NightSweep) -> NightSummary:
    return NightSummary(night(22), "box", 0.02, sweeps or (FINE,), found, {})


QUIET, SLOW = figures(0.01, 23), figures(0.01, 23, {20: -0.1})
NOISY = figures(0.08, 23, seed=3)


def test_quiet_and_suspected_nights_are_fine():
    assert exit_code(summary(verdicts(QUIET))) == 0
    bad = figures(0.01, 23, {22: -0.2})
    found = verdicts(bad)
    assert found[0].kind == SUSPECTED
    assert exit_code(summary(found)) == 0


def test_a_regression_is_3_and_a_failed_case_1_before_it():
    assert exit_code(summary(verdicts(QUIET, SLOW))) == 3
    assert exit_code(summary(verdicts(SLOW), NightSweep("s", Path("s"), 3, 1))) == 1
    assert exit_code(summary(verdicts(SLOW), FINE, NightSweep("t", Path("t"), 0, 0, "no device"))) == 1


@pytest.mark.parametrize(("tracks", "code"), [((NOISY,), 4), ((NOISY, QUIET), 4), ((NOISY, QUIET, QUIET), 0)])
def test_4_where_half_of_the_figures_are_too_noisy(tracks: tuple[object, ...], code: int):
    assert exit_code(summary(verdicts(*tracks))) == code
