import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.analysis.objective import MET, MISSED, UNKNOWN, read_objective
from clipperf.analysis.operating_points import Figure
from clipperf.errors import UsageError


@pytest.mark.parametrize(
    ("text", "percentile", "limit_ms", "is_strict"),
    [
        ("p99<=50ms", 99, 50.0, False),
        ("p50<1.5s", 50, 1500.0, True),
        ("p90<=250us", 90, 0.25, False),
        (" p95<8ms ", 95, 8.0, True),
    ],
)
def test_forms(text: str, percentile: int, limit_ms: float, is_strict: bool):
    objective = read_objective(text)
    assert (objective.percentile, objective.is_strict) == (percentile, is_strict)
    assert objective.limit_ms == pytest.approx(limit_ms)
    assert objective.text == text.strip()


@pytest.mark.parametrize(
    "text",
    ["", "p99", "p99<=50", "p98<=50ms", "p99=50ms", "p99>=50ms", "p99<=-5ms", "p99<=0ms", "p99 <= 50ms", "p99<=50msx",
     "p99<=nanms", "p99<=1e3ms", "p99<=.5ms", "qps>5", "p99<=50ms,p50<=5ms", "p99≤50ms", "p999<=50ms", "P99<=50MS"],
)  # fmt: skip
def test_everything_else_is_refused_and_told(text: str):
    with pytest.raises(UsageError, match="--slo") as told:
        read_objective(text)
    assert "such as p99<=50ms" in str(told.value)


@given(st.text())
def test_any_text_is_an_objective_or_refused(text: str):
    with contextlib.suppress(UsageError):
        assert read_objective(text).limit_ms > 0


def test_bounds_decide_and_not_the_estimate():
    objective = read_objective("p99<=50ms")
    assert objective.judge(Figure(49.0, 48.0, 50.0)) == MET
    assert objective.judge(Figure(49.0, 48.0, 50.1)) == UNKNOWN
    assert objective.judge(Figure(51.0, 50.0, 52.0)) == UNKNOWN
    assert objective.judge(Figure(51.0, 50.1, 52.0)) == MISSED
    assert objective.judge(Figure(1.0, 0.5, math.inf)) == UNKNOWN
    assert objective.judge(Figure(90.0, 60.0, math.inf)) == MISSED


def test_less_is_less():
    assert read_objective("p99<50ms").judge(Figure(49.0, 48.0, 50.0)) == UNKNOWN
    assert read_objective("p99<50ms").judge(Figure(51.0, 50.0, 52.0)) == MISSED
