"""A small part of the study whose table is tests/benchmarks/nightly_verdicts.md."""

from __future__ import annotations

from nights import figures, night, track
from nights_study import study

from clipperf.analysis.night_verdict import REGRESSION, judge_night


def test_years_in_which_nothing_gets_worse_raise_no_alarm():
    found = study(families=1, series=10, seed=11, with_steps=0.0, nights=120)
    assert found.nights > 900
    assert found.bad > 0
    assert found.false == 0


def test_a_step_of_five_percent_in_one_of_many_series_is_found_in_its_third_night():
    quiet = [track(figures(0.01, 63, seed=1000 + number), series=f"quiet {number}") for number in range(30)]
    found = 0
    for trial in range(25):
        slowed = track(figures(0.01, 63, {60: -0.05}, seed=trial))
        verdict, *others = judge_night([slowed, *quiet], night(62))
        found += verdict.kind == REGRESSION
        assert all(other.kind != REGRESSION for other in others)
    # Of 25 at 98 % each, fewer than 22 would be one in 700.
    assert found >= 22
