"""What a night says of a series."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nights import figures, night, track

from clipperf.analysis import night_verdict as kinds
from clipperf.analysis.night_tracks import Track
from clipperf.analysis.night_verdict import Acknowledged, Verdict, judge_night


def judged(of: Track, number: int, *acknowledged: Acknowledged) -> Verdict:
    """The verdict of a track by itself."""
    (verdict,) = judge_night([of], night(number), acknowledged)
    return verdict


def test_a_step_is_suspected_then_a_regression_in_its_third_night():
    slowed = track(figures(0.01, 63, {60: -0.08}))
    assert judged(slowed, 59).kind == kinds.QUIET
    for number in (60, 61):
        verdict = judged(slowed, number)
        assert (verdict.kind, verdict.since) == (kinds.SUSPECTED, night(60))
    verdict = judged(slowed, 62)
    assert (verdict.kind, verdict.since) == (kinds.REGRESSION, night(60))
    assert verdict.before == pytest.approx(100, rel=0.01)
    assert verdict.after == pytest.approx(92, rel=0.02)
    assert verdict.change is not None
    assert verdict.change.gain.low < np.log(0.92) < verdict.change.gain.high < 0


def test_five_quiet_nights_are_enough_for_a_large_step():
    slowed = track(figures(0.02, 8, {5: -0.35}))
    assert [judged(slowed, number).kind for number in range(4, 8)] == [
        kinds.NEW, kinds.SUSPECTED, kinds.SUSPECTED, kinds.REGRESSION,
    ]  # fmt: skip


def test_more_milliseconds_are_worse_and_fewer_better():
    slower = track(figures(0.01, 63, {60: 0.08}), "latency_p50_ms")
    faster = track(figures(0.01, 63, {60: -0.08}), "latency_p50_ms")
    verdict = judged(slower, 62)
    assert verdict.kind == kinds.REGRESSION
    assert verdict.after is not None
    assert verdict.after > 105
    assert judged(faster, 62).kind == kinds.IMPROVED


def test_an_improvement_is_news_for_a_week():
    better = track(figures(0.01, 80, {60: 0.08}))
    assert [judged(better, number).kind for number in (62, 67, 68)] == [kinds.IMPROVED, kinds.IMPROVED, kinds.QUIET]


def test_an_improvement_that_may_be_none_is_not_told():
    few = track([0.3504, 0.351, 0.349, 0.3504, 0.3321, 0.34, 0.331], "latency_p50_ms")
    for number in range(5, 7):
        verdict = judged(few, number)
        assert verdict.kind == kinds.QUIET or (verdict.change is not None and verdict.change.gain.low > 0)


def test_bad_nights_here_and_there_are_no_regression():
    values = figures(0.01, 70)
    values[[30, 50, 60, 62]] *= 0.7
    found = [judged(track(values), number).kind for number in range(5, 70)]
    assert kinds.REGRESSION not in found
    assert found[60 - 5] == found[62 - 5] == kinds.SUSPECTED
    assert found[63 - 5] == kinds.QUIET


def test_what_comes_back_is_quiet_again():
    values = figures(0.01, 90, {60: -0.08, 70: 1 / 0.92 - 1})
    assert judged(track(values), 69).kind == kinds.REGRESSION
    assert judged(track(values), 80).kind == kinds.QUIET


def test_half_of_it_back_is_still_a_regression():
    values = figures(0.01, 90, {60: -0.16, 70: 0.08})
    assert judged(track(values), 80).kind == kinds.REGRESSION


def test_many_small_steps_are_one_regression():
    values = figures(0.005, 100, dict.fromkeys(range(40, 100, 10), -0.01))
    assert judged(track(values), 99).kind == kinds.REGRESSION


def test_a_change_below_the_threshold_is_none_and_the_threshold_is_the_users():
    values = figures(0.002, 70, {60: -0.04})
    (mild,) = judge_night([track(values)], night(69), threshold=0.06)
    (strict,) = judge_night([track(values)], night(69), threshold=0.03)
    assert (mild.kind, strict.kind) == (kinds.QUIET, kinds.REGRESSION)


def test_an_acknowledged_change_is_silent_and_the_next_one_is_not():
    values = figures(0.01, 90, {60: -0.08, 80: -0.08})
    known = Acknowledged("s", "qps", night(61))
    verdict = judged(track(values), 70, known)
    assert (verdict.kind, len(verdict.known)) == (kinds.QUIET, 1)
    again = judged(track(values), 85, known)
    assert (again.kind, again.since) == (kinds.REGRESSION, night(80))
    for other in (Acknowledged("t", "qps", night(60)), Acknowledged("s", "latency_p50_ms", night(60))):
        assert judged(track(values), 70, other).kind == kinds.REGRESSION


def test_other_circumstances_begin_anew_and_say_so():
    values = figures(0.01, 90, {60: -0.3})
    moved = track(values, circumstances={60: "other"})
    found = [judged(moved, number).kind for number in range(58, 90)]
    assert found[:2] == [kinds.QUIET] * 2
    assert found[2:7] == [kinds.BROKEN] * 5
    assert set(found[7:]) <= {kinds.QUIET, kinds.SUSPECTED}


def test_a_host_that_comes_back_is_compared_with_its_own_nights():
    values = figures(0.01, 70)
    values[64:66] *= 0.5
    hosts = track(values, circumstances={64: "other", 66: "same"})
    assert [judged(hosts, number).kind for number in (64, 65, 66)] == [kinds.BROKEN, kinds.BROKEN, kinds.QUIET]


def test_a_night_that_lacks_the_series_says_so():
    values = figures(0.01, 30)
    values[29] = np.nan
    assert judged(track(values), 29).kind == kinds.ABSENT
    assert judge_night([track(values)], night(-1)) == []


def test_a_figure_that_a_night_lacks_is_passed_over_where_the_series_has_others():
    p99 = figures(0.01, 30)
    p99[29] = np.nan
    told = judge_night([track(p99, "latency_p99_ms"), track(figures(0.01, 30))], night(29))
    assert [(verdict.track.metric.column, verdict.kind) for verdict in told] == [("qps", kinds.QUIET)]


def test_a_series_that_hides_any_change_is_too_noisy():
    assert judged(track(figures(0.08, 60)), 59).kind == kinds.TOO_NOISY
    assert judged(track(figures(0.08, 63, {60: -0.7})), 62).kind == kinds.REGRESSION


def test_missing_nights_are_no_change():
    values = figures(0.01, 63, {60: -0.08})
    values[::4] = np.nan
    assert judged(track(values), 61).kind in (kinds.SUSPECTED, kinds.QUIET)
    values = np.concatenate([values, figures(0.01, 3, {0: -0.08}, seed=9)])
    assert judged(track(values), 65).kind == kinds.REGRESSION


def test_among_many_quiet_series_a_doubtful_one_is_not_believed():
    values = figures(0.01, 61, seed=1)
    values[60] = 100 * np.exp(-0.034)
    alone = judged(track(values), 60)
    others = [track(figures(0.01, 61, seed=100 + number), series=str(number)) for number in range(300)]
    assert alone.kind == kinds.SUSPECTED
    assert judge_night([track(values), *others], night(60))[0].kind == kinds.QUIET


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(1e-6, 1e9), min_size=1, max_size=40),
    st.sampled_from(["qps", "latency_p99_ms"]),
    st.floats(0.001, 0.5),
)
def test_any_figures_get_a_verdict(values: list[float], metric: str, threshold: float):
    (verdict,) = judge_night([track(values, metric)], night(len(values) - 1), threshold=threshold)
    assert verdict.kind in kinds.VERDICTS
    assert verdict.tonight == pytest.approx(values[-1])
    told = (verdict.since, verdict.before, verdict.after, verdict.change)
    is_change = verdict.kind in (kinds.REGRESSION, kinds.SUSPECTED, kinds.IMPROVED)
    assert all(each is not None for each in told) is is_change
    if verdict.change is not None:
        assert 0 <= verdict.change.p_value <= 1
        assert (verdict.change.gain.middle < 0) is (verdict.kind != kinds.IMPROVED)
