"""Columns that relate rows: the same figures as the analyses that they come from, at the right rows."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from rows import Row, frame, lost, row, sweep

from clipperf.analysis.related import with_related
from clipperf.results.schema import NAMES, RELATED


def related(*rows: Row) -> pd.DataFrame:
    return with_related(frame(*rows))


def test_they_stand_behind_the_columns_of_a_row_and_have_their_dtypes():
    found = related(*sweep(), lost(128))
    assert list(found.columns) == [*NAMES, *(column.name for column in RELATED)]
    for column in RELATED:
        assert str(found[column.name].dtype) == column.dtype
    empty = related()
    assert (list(empty.columns), len(empty)) == (list(found.columns), 0)


def test_knees_front_and_marginal_gain_of_a_batch_sweep():
    found = related(*sweep(), lost(128)).set_index("batch_size")
    # The smallest batch with 95 % of the best is the point of least p99 with it as well.
    assert found.index[found["is_batch_knee"].fillna(value=False)].tolist() == [8]
    assert found.index[found["is_knee"].fillna(value=False)].tolist() == [8]
    assert found.loc[[1, 2, 4, 8, 16, 32], "is_on_front"].all()
    assert found.loc[64, "is_surely_beaten"] is not pd.NA
    assert not found.loc[64, "is_on_front"]
    assert found.loc[2, "qps_per_doubling"] == pytest.approx(18.02 - 16.31)
    # p99 is 1.2 × batch / qps here.
    assert found.loc[2, "ms_per_extra_qps"] == pytest.approx(1200 * (2 / 18.02 - 1 / 16.31) / (18.02 - 16.31))
    assert found.loc[128, [column.name for column in RELATED]].isna().all()


def test_scaling_has_its_interval_and_its_reasons():
    one = row(1, 100.0, qps_ci_low=99.0, qps_ci_high=101.0, threads_ran=2, cpu_cores=2)
    two = one | {"qps": 120.0, "qps_ci_low": None, "instances": 2, "case_id": "two"}
    found = related(one, two)
    assert list(found["instances_efficiency"]) == pytest.approx([1.0, 0.6])
    assert found["instances_efficiency_low"].isna().tolist() == [False, True]
    (reason,) = json.loads(found["instances_reasons"][1])
    assert (reason["code"], reason["sentence"]) == ("oversubscribed", "4 threads share 2 cores (with 1: 2 share 2).")
    assert found["devices_efficiency"].isna().all()


def test_all_repeats_of_a_case_have_its_figures_whatever_the_index():
    rows = frame(*(row(batch, 10.0 * batch**0.5, repeat=n) for n in range(3) for batch in (1, 4)))
    rows.index = pd.Index([7] * len(rows))
    found = with_related(rows)
    assert found.groupby("batch_size")["qps_per_doubling"].nunique(dropna=False).tolist() == [1, 1]
    assert found["qps_per_doubling"].dropna().tolist() == pytest.approx([5.0] * 3)


def test_models_and_scopes_are_no_choice_between_settings():
    found = related(*sweep(), *sweep(scope="compute", case_id="other"), row(1, 1.0, model="vit_l_14", case_id="large"))
    # Alone there is nothing to choose from.
    assert found["is_on_front"].isna().sum() == 8
