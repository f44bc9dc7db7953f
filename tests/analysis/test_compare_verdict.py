import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.analysis.compare_ratio import Logarithm
from clipperf.analysis.compare_verdict import AMBIGUOUS, FASTER, METRICS, SAME, SLOWER, judge, read_metrics
from clipperf.errors import UsageError


def ratio(low: float, middle: float, high: float) -> Logarithm:
    return Logarithm(math.log(middle), math.log(low), math.log(high))


@pytest.mark.parametrize(
    ("low", "middle", "high", "verdict"),
    [
        (1.001, 1.021, 1.04, FASTER),
        (1.05, 1.10, 1.15, FASTER),
        (0.999, 1.03, 1.06, AMBIGUOUS),  # may be no difference at all
        (1.001, 1.015, 1.03, AMBIGUOUS),  # a difference, but on which side of the threshold?
        (1.005, 1.01, 1.015, SAME),  # a difference for certain, and too small to matter
        (0.99, 1.00, 1.01, SAME),
        (0.97, 1.00, 1.03, AMBIGUOUS),
        (0.96, 0.98, 0.999, SLOWER),
    ],
)
def test_verdict_at_two_percent(low: float, middle: float, high: float, verdict: str):
    assert judge(ratio(low, middle, high), 0.02) == verdict


def test_without_an_interval_nothing_is_certain():
    assert judge(Logarithm(1.0), 0.02) == AMBIGUOUS


def test_less_is_better_of_a_latency():
    halved = ratio(0.49, 0.5, 0.51)
    assert judge(METRICS["latency_p99_ms"].gain(halved), 0.02) == FASTER
    assert judge(METRICS["qps"].gain(halved), 0.02) == SLOWER


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0.001, 0.5))
def test_swapping_the_sides_inverts_the_verdict(middle: float, below: float, above: float, threshold: float):
    there, back = Logarithm(middle, middle - below, middle + above), Logarithm(-middle, -middle - above, below - middle)
    inverse = {FASTER: SLOWER, SLOWER: FASTER}
    verdict = judge(there, threshold)
    assert judge(back, threshold) == inverse.get(verdict, verdict)


def test_metrics_by_column_or_short_name_once_each():
    assert [metric.column for metric in read_metrics(["p99", "qps", "latency_p99_ms", "load_s"])] == [
        "latency_p99_ms", "qps", "load_s",
    ]  # fmt: skip
    assert [metric.heading for metric in read_metrics(["p999", "service_p50_ms", "load_s"])] == [
        "p999 ms", "service p50 ms", "load s",
    ]  # fmt: skip


def test_every_rate_counts_up_and_every_time_down():
    assert {name for name, metric in METRICS.items() if metric.more_is_better} == {
        "qps", "qps_compute", "requests_per_s",
    }  # fmt: skip
    assert not {"latency_p50_low_ms", "late_p99_ms", "window_s", "rss_mb"} & METRICS.keys()


@pytest.mark.parametrize("names", [["fps"], []])
def test_an_unknown_metric_is_told_with_the_choices(names: list[str]):
    with pytest.raises(UsageError, match=r"--metric .*there is no such figure; take one or more of qps, "):
        read_metrics(names)
