import math

import pytest
from comparisons import asked, side
from coverage_study import default_rule, virtual_runs
from hypothesis import given, settings
from hypothesis import strategies as st
from noises import NOISES
from rows import Row, frame, lost, row

from clipperf.analysis.compare import Comparison, compare, compare_in_turn
from clipperf.analysis.compare_case import Question, Side
from clipperf.analysis.compare_gate import gate
from clipperf.analysis.compare_runs import in_window
from clipperf.analysis.compare_verdict import AMBIGUOUS, FASTER, NOT_COMPARED, SAME, SLOWER, read_metrics
from clipperf.errors import UsageError
from clipperf.results.frame import records

QPS = read_metrics(["qps"])


def verdicts(comparison: Comparison) -> list[str]:
    return [outcome.verdict for outcome in comparison.outcomes(QPS[0])]


def repeats(*rates: float) -> list[Row]:
    return [row(1, rate, repeat=repeat) for repeat, rate in enumerate(rates)]


def test_one_run_a_side_falls_back_on_the_intervals_of_the_rows():
    found = asked(side(row(1, 100.0), row(2, 100.0), row(4, 100.0)), side(row(1, 103.0), row(2, 100.1), row(4, 97.0)))
    assert verdicts(found) == [FASTER, SAME, SLOWER]
    (outcome, *_) = found.outcomes(QPS[0])
    assert (outcome.a, outcome.b) == (100.0, 103.0)
    assert outcome.ratio is not None
    assert math.exp(outcome.ratio.middle) == pytest.approx(1.03)
    # Two halves of half a percent, squared and added.
    assert math.exp(outcome.ratio.high) == pytest.approx(1.03 * (1 + 0.005 * math.sqrt(2)), rel=1e-4)


rates = st.lists(st.floats(90.0, 110.0), min_size=1, max_size=4)


@given(rates, rates)
@settings(max_examples=50, deadline=None)
def test_swapping_the_sides_inverts_every_ratio_and_verdict(a: list[float], b: list[float]):
    metrics = ("qps", "p50")
    there, back = (asked(side(*repeats(*one)), side(*repeats(*other)), *metrics) for one, other in ((a, b), (b, a)))
    inverse = {FASTER: SLOWER, SLOWER: FASTER}
    for outcome, other in zip(there.cases[0].outcomes, back.cases[0].outcomes, strict=True):
        assert other.verdict == inverse.get(outcome.verdict, outcome.verdict)
        assert outcome.ratio is not None
        assert other.ratio is not None
        assert other.ratio.middle == pytest.approx(-outcome.ratio.middle, abs=1e-12)


@given(rates, rates, st.floats(0.001, 1000.0))
@settings(max_examples=50, deadline=None)
def test_a_factor_on_both_sides_changes_no_ratio(a: list[float], b: list[float], factor: float):
    before, after = (
        asked(side(*repeats(*(scale * rate for rate in a))), side(*repeats(*(scale * rate for rate in b)))).overall(
            QPS[0]
        )
        for scale in (1.0, factor)
    )
    assert before is not None
    assert after is not None
    assert (after.middle, after.low, after.high) == pytest.approx((before.middle, before.low, before.high), abs=1e-9)


def test_latencies_count_the_other_way():
    (case,) = asked(side(row(1, 100.0)), side(row(1, 110.0)), "p50").cases
    (outcome,) = case.outcomes
    assert outcome.verdict == FASTER
    assert outcome.ratio is not None
    assert outcome.ratio.high < 0


def test_the_spread_between_repeats_decides_where_there_are_some():
    sure, unsure = repeats(103, 103.2, 102.9), repeats(95, 103, 112)
    assert verdicts(asked(side(*repeats(100, 100.1, 99.9)), side(*sure))) == [FASTER]
    assert verdicts(asked(side(*repeats(100, 100.1, 99.9)), side(*unsure))) == [AMBIGUOUS]
    (case,) = asked(side(*repeats(100)), side(*sure)).cases
    assert (case.runs_a, case.runs_b) == (1, 3)


def test_the_figure_for_people_is_a_run_that_was_measured():
    (outcome,) = asked(side(*repeats(90, 100, 200)), side(*repeats(90, 100, 200, 300))).outcomes(QPS[0])
    assert (outcome.a, outcome.b) == (100, 100)


def test_rows_without_figures_are_left_out_and_said_to_be():
    a = side(*repeats(100, 100.2), lost(1, repeat=2, error_kind="segfault"))
    (case,) = asked(a, side(*repeats(103, 103.2, 103.1))).cases
    assert (case.runs_a, case.runs_b) == (2, 3)
    assert case.remarks == ("A: 1 of 3 repeats failed (segfault)",)
    assert case.outcomes[0].verdict == FASTER


def test_a_case_without_figures_on_one_side_is_shown_and_not_compared():
    found = asked(side(row(1), row(2)), side(row(1), lost(2, "timed-out")))
    assert verdicts(found) == [SAME, NOT_COMPARED]
    assert (found.cases[1].outcomes[0].a, found.cases[1].outcomes[0].b) == (20.0, None)
    assert found.cases[1].remarks == ("B: timed-out",)


def test_unsteady_rows_count_only_when_asked_for_and_inconclusive_ones_always():
    a, b = side(row(status="inconclusive")), side(row(is_steady=False))
    (case,) = asked(a, b).cases
    assert (case.outcomes[0].verdict, case.remarks) == (NOT_COMPARED, ("A: inconclusive", "B: not steady, left out"))
    (case,) = asked(a, b, with_unsteady=True).cases
    assert (case.outcomes[0].verdict, case.remarks) == (SAME, ("A: inconclusive", "B: not steady"))


def test_a_metric_that_a_side_has_not():
    (case,) = asked(side(row(qps_compute=5.0)), side(row()), "qps", "qps_compute").cases
    assert [outcome.verdict for outcome in case.outcomes] == [SAME, NOT_COMPARED]
    assert case.outcomes[1].reason == "B: no qps_compute"


def test_a_metric_without_an_interval_is_ambiguous_however_large_the_ratio():
    (case,) = asked(side(row(load_s=1.0)), side(row(load_s=9.0)), "load_s").cases
    assert case.outcomes[0].verdict == AMBIGUOUS


def test_unlike_rows_are_refused_and_the_rest_is_compared():
    found = asked(side(row(1), row(2)), side(row(1), row(2, model_sha256="ab")))
    assert verdicts(found) == [SAME, NOT_COMPARED]
    assert found.cases[1].outcomes[0].reason == "unlike model_sha256"
    with pytest.raises(UsageError, match=r"No case can be compared\.\nhost differs: box in A, crate in B; .*host\.$"):
        asked(side(row(1), lost(2)), side(row(1, host="crate"), lost(2)))


def test_nothing_in_common_names_what_differs():
    with pytest.raises(UsageError, match=r"They differ in runner, scope; match across that with --across runner,scope"):
        asked(side(row(1), row(2)), side(row(1, runner="vacc", scope="pipeline")))
    with pytest.raises(UsageError, match=r"nothing to compare\.$"):
        asked(side(row(1, model="x"), row(2)), side(row(2, model="x"), row(1)))


def test_all_cases_together():
    found = asked(side(row(1, 100.0), row(2, 100.0), lost(4)), side(row(1, 110.0), row(2, 90.0), row(4)))
    overall = found.overall(QPS[0])
    assert overall is not None
    assert math.exp(overall.middle) == pytest.approx(math.sqrt(1.1 * 0.9))
    assert found.verdicts(QPS[0]) == {FASTER: 1, SLOWER: 1, NOT_COMPARED: 1}
    assert asked(side(lost(1)), side(row(1))).overall(QPS[0]) is None


def test_runs_in_turn_are_compared_pair_by_pair_in_the_order_of_their_repeats():
    drift = [1.0, 0.8, 0.6, 0.4]
    a = [row(1, 100 * share, repeat=2 * n + n % 2, side="A") for n, share in enumerate(drift)]
    b = [row(1, 104 * share, repeat=2 * n + 1 - n % 2, side="B") for n, share in enumerate(drift)]
    found = compare_in_turn(side(*a), side(*reversed(b)), Question(QPS))
    assert verdicts(found) == [FASTER]
    assert found.question.is_paired
    assert found.cases[0].runs_a == 4
    assert verdicts(asked(side(*a), side(*b))) == [AMBIGUOUS]


def test_a_pair_of_which_one_run_failed_does_not_count():
    a, b = repeats(100, 50, 101), [row(1, 104.0), lost(1, repeat=1), row(1, 105.0, repeat=2)]
    found = compare_in_turn(side(*a), side(*b), Question(QPS))
    assert found.cases[0].runs_a == found.cases[0].runs_b == 2
    (outcome,) = found.outcomes(QPS[0])
    assert outcome.a == 100
    lone = compare_in_turn(side(row(1), lost(1, repeat=1)), side(lost(1), row(1, repeat=1)), Question(QPS))
    assert verdicts(lone) == [NOT_COMPARED]
    assert lone.cases[0].remarks == ("A: 1 of 2 repeats failed", "B: 1 of 2 repeats failed")


def test_a_pair_that_was_not_steady_counts_and_is_named():
    a, b = repeats(100, 100, 101), [one | {"is_steady": False} for one in repeats(104, 104, 105)]
    (case,) = compare_in_turn(side(*a), side(*b), Question(QPS)).cases
    assert (case.runs_a, case.remarks) == (3, ("B: 3 of 3 repeats not steady",))


def test_runs_in_turn_may_differ_in_whatever_they_were_told_to():
    b = row(1, options='{"threads": 2}', runner_version="9", model="other", model_sha256="ab")
    found = compare_in_turn(side(row(1, options='{"threads": 1}')), side(b), Question(QPS))
    assert verdicts(found) == [SAME]
    assert found.question.across == {"threads", "runner_version", "model", "model_sha256"}


def test_raw_samples_come_before_what_the_row_says():
    (run,) = virtual_runs(NOISES[3], 1, 0, default_rule())
    made = row() | run.figures.values
    inside = in_window(run.samples, run.figures.window.holds(run.samples))
    wrong = made | {"qps": 2 * made["qps"], "qps_ci_low": 1.0, "qps_ci_high": 1e6, "latency_p50_ms": 9.0}
    metrics = read_metrics(["qps", "p50", "p90"])
    kept = Side(records(frame(wrong)), lambda _row: inside)
    from_rows = Side(records(frame(made)), lambda _row: None)
    ours, theirs = (compare(one, one, Question(metrics)).cases[0] for one in (kept, from_rows))
    for outcome, other in zip(ours.outcomes, theirs.outcomes, strict=True):
        assert outcome.verdict == other.verdict == SAME
        assert outcome.ratio is not None
        assert other.ratio is not None
        assert (outcome.ratio.low, outcome.ratio.high) == pytest.approx((other.ratio.low, other.ratio.high))


@pytest.mark.parametrize(
    ("b", "code"),
    [
        ([row(1, 100.0), row(2, 200.0)], 0),
        ([row(1, 90.0), row(2, 200.0)], 3),
        ([row(1, 101.5), row(2, 200.0)], 4),
        ([row(1, 101.5), row(2, 150.0)], 3),
        ([row(1, 100.0), lost(2)], 1),
        ([row(1, 90.0), lost(2)], 1),
        ([row(1, 100.0), lost(2, "unsupported")], 4),
        ([row(1, 100.0), row(2, 200.0, is_steady=False)], 4),
        ([row(1, 100.0)], 0),
    ],
)
def test_gate(b: list[Row], code: int):
    assert gate(asked(side(row(1, 100.0), row(2, 200.0)), side(*b))) == code


def test_the_gate_closes_on_any_metric_that_is_slower_and_on_noise_of_the_first_only():
    metrics = ("qps", "load_s", "p50")
    a, b = side(row(1, load_s=1.0)), side(row(1, load_s=2.0))
    assert [outcome.verdict for outcome in asked(a, b, *metrics).cases[0].outcomes] == [SAME, AMBIGUOUS, SAME]
    assert gate(asked(a, b, *metrics)) == 0
    worse = side(row(1, load_s=1.0, latency_p50_ms=99.0, latency_p50_low_ms=98.0, latency_p50_high_ms=99.5))
    assert gate(asked(a, worse, *metrics)) == 3
