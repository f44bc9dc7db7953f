"""Whether the machine or the code is slow."""

from __future__ import annotations

from nights import figures, night, track

from clipperf.analysis.night_control import CODE, MACHINE, UNKNOWN, attribute
from clipperf.analysis.night_verdict import REGRESSION, judge_night

SLOWED = {20: -0.1}
(VERDICT,) = judge_night([track(figures(0.01, 23, SLOWED))], night(22))


def test_a_control_that_slowed_as_well_blames_the_machine():
    found = attribute(VERDICT, track(figures(0.01, 23, SLOWED, seed=5)))
    assert VERDICT.kind == REGRESSION
    assert found.cause == MACHINE
    assert found.gain is not None
    assert -0.13 < found.gain < -0.08


def test_a_control_that_stood_still_blames_the_code():
    assert attribute(VERDICT, track(figures(0.01, 23, seed=5))).cause == CODE


def test_a_control_that_became_faster_does_not_blame_the_machine():
    assert attribute(VERDICT, track(figures(0.01, 23, {20: 0.1}, seed=5))).cause == UNKNOWN


def test_nothing_is_said_without_a_control_or_with_one_that_knows_little():
    assert attribute(VERDICT, None).cause == UNKNOWN
    assert attribute(VERDICT, track(figures(0.01, 3))).cause == UNKNOWN
    assert attribute(VERDICT, track(figures(0.2, 23, seed=5))).cause == UNKNOWN


def test_a_quiet_verdict_has_no_cause():
    (quiet,) = judge_night([track(figures(0.01, 20))], night(19))
    assert attribute(quiet, track(figures(0.01, 20))).cause == UNKNOWN
