from rows import frame, lost, row, sweep

from clipperf.analysis.knee import batch_knee


def test_knee_is_the_smallest_batch_within_5_percent_of_the_best():
    # 0.95 × 22.93 = 21.78: batch 4 has 20.4, batch 8 has 22.1.
    assert batch_knee(frame(*sweep())) == 8


def test_exactly_95_percent_counts():
    assert batch_knee(frame(row(1, 95.0), row(2, 100.0))) == 1
    assert batch_knee(frame(row(1, 94.9), row(2, 100.0))) == 2


def test_one_measured_batch_has_no_knee():
    assert batch_knee(frame()) is None
    assert batch_knee(frame(row(1))) is None
    assert batch_knee(frame(row(1), row(1, repeat=1), lost(2), row(4, status="wrong-output"))) is None


def test_only_ok_and_inconclusive_rows_count():
    rows = frame(row(1, 10.0), row(2, 11.0, status="inconclusive"), row(4, 99.0, status="failed"))
    assert batch_knee(rows) == 2


def test_repeats_count_by_their_median():
    noisy = [row(1, qps, repeat=number) for number, qps in enumerate((96.0, 50.0, 97.0))]
    assert batch_knee(frame(*noisy, row(2, 100.0))) == 1


def test_knee_of_what_a_vendor_derived():
    rows = frame(*(row(batch, qps=1.0, qps_compute=rate) for batch, rate in ((1, 181.0), (16, 306.0), (32, 319.0))))
    assert batch_knee(rows, "qps_compute") == 16
