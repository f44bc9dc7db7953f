"""What further copies bring, as it is read under the table and in it."""

from __future__ import annotations

from rows import Row, frame, row

from clipperf.report.scaling_text import scaling_text
from clipperf.report.table import table_text


def case(copies: int, qps: float, batch: int = 1, **columns: object) -> Row:
    made = {"instances": copies, "qps_ci_low": 0.99 * qps, "qps_ci_high": 1.01 * qps, "threads_ran": 1, "cpu_cores": 2}
    return row(batch, qps, **made) | columns


def test_a_line_for_each_batch_and_the_reasons_once():
    rows = [case(1, 100), case(2, 196), case(4, 200), case(1, 160, 8), case(2, 310, 8), case(4, 320, 8)]
    assert scaling_text(frame(*rows)) == (
        "scaling over instances · efficiency = qps of n ÷ (n × qps of 1), everything else equal\n"
        "  batch 1: 4 instances bring 2.00 × the qps of 1: efficiency 0.500 (0.493 … 0.507). Up to 2\n"
        "  instances it is 0.95 or more.\n"
        "  batch 8: 4 instances bring 2.00 × the qps of 1: efficiency 0.500 (0.493 … 0.507). Up to 2\n"
        "  instances it is 0.95 or more.\n"
        "  oversubscribed (4 instances): 4 threads share 2 cores (with 1: 1 share 2).\n"
        "  → Give each copy a part of the cores (--option intra_op_num_threads=… or the runner's own), or use\n"
        "  fewer."
    )


def test_where_a_reason_holds_of_some_lines_only_they_are_named():
    rows = [case(1, 100), case(2, 120), case(1, 160, 8), case(2, 192, 8, threads_ran=2)]
    text = scaling_text(frame(*rows))
    assert "oversubscribed (2 instances at batch 8): 4 threads share 2 cores" in text
    assert "not known (2 instances at batch 1): Nothing in the rows says why; they lack cpu_pct, cpu_mhz," in text
    assert text.index("oversubscribed") < text.index("not known")


def test_an_interval_that_nobody_knows_is_not_made_up():
    text = scaling_text(frame(case(1, 100), case(2, 120, qps_ci_high=None)))
    assert "efficiency 0.600 (interval not known)." in text


def test_the_fewest_that_were_measured_are_named():
    text = scaling_text(frame(case(2, 100), case(4, 190)))
    assert text.startswith("scaling over instances · efficiency = qps of n ÷ (n ÷ 2 × qps of 2), everything else equal")
    assert "4 instances bring 1.90 × the qps of 2: efficiency 0.950" in text


def test_many_lines_are_cut():
    rows = [case(copies, 10.0 * batch * copies, batch) for batch in range(1, 11) for copies in (1, 2)]
    text = scaling_text(frame(*rows))
    assert text.count("bring") == 6
    assert "… and 4 more, in the table and in scaling.png." in text


def test_copies_that_differ_in_something_else_as_well_have_no_efficiency_and_it_is_said():
    shared_out = [case(1, 100, options='{"threads": 2}'), case(2, 130, options='{"threads": 1}')]
    assert scaling_text(frame(*shared_out)) == (
        "scaling over instances · not told\n  No two cases differ in instances alone: threads differ as well."
    )
    assert "efficiency" not in table_text(frame(*shared_out))


def test_a_run_without_such_an_axis_says_nothing():
    assert scaling_text(frame(case(1, 100), case(1, 150, 8))) == ""
    assert scaling_text(frame()) == ""
    open_loop = {"loop": "open", "offered_rate": 5.0}
    assert scaling_text(frame(case(1, 5, **open_loop), case(2, 5, **open_loop))) == ""


def test_the_table_has_a_column_for_each_axis():
    rows = [case(1, 100), case(2, 150)]
    assert "efficiency" in table_text(frame(*rows)).splitlines()[2]
    both = [*rows, case(1, 190, device="0-1,2-3", devices=2), case(2, 290, device="0-1,2-3", devices=2)]
    head, _, *lines = table_text(frame(*both)).splitlines()[2:]
    assert "efficiency (instances)  " in head
    assert "efficiency (devices)" in head
    assert lines[-1].split()[-2:] == ["0.763", "0.967"]
