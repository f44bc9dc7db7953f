import pytest
from rows import frame, lost, row, sweep

from clipperf.analysis.speedup import speed_up


def test_ratio_to_batch_1():
    faster = speed_up(frame(*sweep()))
    assert faster is not None
    assert faster.heading == "× batch 1"
    assert faster.ratios.tolist() == pytest.approx([1, 1.1048, 1.2508, 1.3550, 1.3918, 1.4059, 1.3985], abs=1e-4)


def test_the_heading_names_the_smallest_measured_batch():
    faster = speed_up(frame(lost(1), row(4, 10.0), row(8, 15.0)))
    assert faster is not None
    assert faster.heading == "× batch 4"
    assert faster.ratios.isna().tolist() == [True, False, False]
    assert faster.ratios.tolist()[1:] == [1.0, 1.5]


def test_curves_with_different_bases_share_a_heading_that_is_true_of_both():
    faster = speed_up(frame(row(1, 10.0), row(2, 15.0), row(4, 10.0, instances=2), row(8, 20.0, instances=2)))
    assert faster is not None
    assert faster.heading == "× smallest batch"
    assert faster.ratios.tolist() == [1.0, 1.5, 1.0, 2.0]


def test_no_ratio_between_scopes():
    faster = speed_up(frame(row(1, 10.0), row(2, 15.0), row(1, 100.0, scope="compute")))
    assert faster is not None
    assert faster.ratios.tolist() == [1.0, 1.5, 1.0]


def test_none_where_no_curve_has_two_batches():
    assert speed_up(frame(row(1), row(1, repeat=1), row(2, instances=2))) is None
    assert speed_up(frame()) is None


def test_the_base_is_the_median_of_the_repeats():
    faster = speed_up(frame(row(1, 10.0), row(1, 2.0, repeat=1), row(1, 11.0, repeat=2), row(2, 20.0)))
    assert faster is not None
    assert faster.ratios.tolist() == [1.0, 0.2, 1.1, 2.0]
