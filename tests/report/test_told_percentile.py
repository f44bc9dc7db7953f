"""What is told of percentiles never contradicts itself from one to the next."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import Row, frame, row
from scipy.stats import binom

from clipperf.measure.percentile import interval_ranks, percentiles
from clipperf.report.table import table_text
from clipperf.report.told_percentile import told_percentiles
from clipperf.results.schema import PERCENTILES


def with_percentiles(found: dict[float, tuple[float, float | None, float | None]]) -> Row:
    """A row with value, lower and upper bound of each share."""
    cells = {}
    for share, bounds in found.items():
        names = (f"latency_p{round(100 * share)}{end}_ms" for end in ("", "_low", "_high"))
        cells.update(zip(names, bounds, strict=True))
    return row(**cells)


@st.composite
def measured(draw: st.DrawFn) -> Row:
    """The percentiles of some latencies, of which each share is worth less than it seems."""
    values = np.sort(np.array(draw(st.lists(st.floats(0.01, 1e5), min_size=1, max_size=400))))
    each = {number / 100: draw(st.floats(1.0, 200.0)) for number in PERCENTILES}
    found = percentiles(values, each)
    return with_percentiles({share: (one.value, one.low, one.high) for share, one in found.items()})


@settings(deadline=None, max_examples=50)
@given(st.lists(measured(), min_size=1, max_size=4))
def test_no_percentile_is_told_to_be_less_than_one_before_it(rows: list[Row]):
    table = frame(*rows)
    told = list(told_percentiles(table).values())
    for lower, higher in itertools.pairwise(told):
        assert (higher.value_ms >= lower.value_ms).all()
    for number, one in zip(PERCENTILES, told, strict=True):
        estimate = table[f"latency_p{number}_ms"]
        assert (one.value_ms <= estimate).all()
        assert (one.value_ms == estimate)[~one.is_bound].all()
        assert (one.value_ms >= table[f"latency_p{number}_low_ms"])[one.is_bound].all()


@settings(deadline=None, max_examples=25)
@given(measured())
def test_a_reader_of_the_table_never_meets_a_bound_below_a_figure_to_its_left(one: Row):
    cells = re.findall(r"(≥ )?(\d[\d.]*)", table_text(frame(one)).splitlines()[-1])[2:6]
    figures = [float(figure) for _, figure in cells]
    assert figures == sorted(figures)


def test_a_bound_below_the_percentile_before_it_is_raised_to_it():
    one = with_percentiles(
        {
            0.5: (300.0, 290.0, 310.0),
            0.9: (328.0, 320.0, 340.0),
            0.95: (330.0, 325.0, 345.0),
            0.99: (350.0, 325.0, None),
        }
    )
    told = told_percentiles(frame(one))[99]
    assert (told.value_ms.tolist(), told.is_bound.tolist()) == ([330.0], [True])


def test_rows_without_figures_tell_nothing():
    bare = frame({"batch_size": 1, "status": "failed"})
    assert all(told.value_ms.isna().all() and not told.is_bound.any() for told in told_percentiles(bare).values())
    assert isinstance(told_percentiles(bare)[50].value_ms, pd.Series)


@pytest.mark.parametrize("n", range(72, 368))
def test_independent_requests_bound_p99_by_p95_of_themselves(n: int):
    low, high = interval_ranks(n, 0.99)
    assert high is None
    assert low is not None
    assert low >= math.ceil(round(0.95 * n, 9))


def test_p90_of_few_requests_bounds_p95_as_surely_as_is_said():
    held = [1.0 - binom.cdf(math.ceil(round(0.9 * n, 9)) - 1, n, 0.95) for n in range(36, 72)]
    assert min(held) >= 0.87
