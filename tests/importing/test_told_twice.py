"""A summary and the log of the same measurement are one row, two measurements are two."""

from __future__ import annotations

from dataclasses import replace

from clipperf.importing.twins import Found, joined
from clipperf.measure.row_warning import RowWarning
from clipperf.tools.base import Report

FIGURES = {"vendor_qps": 787.2005084323597, "vendor_latency_mean_ms": 5.081297531127929}
LOG = Report("compute", batch_size=4, model="vit.om", qps_compute=787.2, vendor=FIGURES, options={"threads": 1})
SUMMARY = Report("compute", device="0", qps_compute=787.2, vendor=FIGURES, durations_ms=(5.0, 5.1), requests=2)


def test_what_one_leaves_out_the_other_fills_in():
    for pair in ([LOG, SUMMARY], [SUMMARY, LOG]):
        (found,) = joined([Found(report, (number,)) for number, report in enumerate(pair)])
        report = found.report
        assert found.files == (0, 1)
        assert (report.batch_size, report.model, report.device, report.requests) == (4, "vit.om", "0", 2)
        assert (report.durations_ms, report.vendor, report.options) == ((5.0, 5.1), FIGURES, {"threads": 1})


def test_warnings_of_both_are_kept_each_once():
    a, b, both = (RowWarning(code, "", "") for code in "abc")
    found = joined([Found(replace(LOG, warnings=(a, both)), (0,)), Found(replace(SUMMARY, warnings=(b, both)), (1,))])
    assert [warning.code for warning in found[0].report.warnings] == ["b", "c", "a"]


def test_measurements_that_may_be_two_stay_two():
    others = [
        replace(SUMMARY, vendor={**FIGURES, "vendor_qps": 787.3}),
        replace(SUMMARY, vendor={"vendor_qps": FIGURES["vendor_qps"]}),
        replace(SUMMARY, batch_size=8),
        replace(SUMMARY, durations_ms=()),
        replace(SUMMARY, scope="host"),
    ]
    for other in others:
        assert len(joined([Found(LOG, (0,)), Found(other, (1,))])) == 2
    assert len(joined([Found(SUMMARY, (0,)), Found(SUMMARY, (1,))])) == 2
