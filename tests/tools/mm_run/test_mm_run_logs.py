"""Logs that were taken elsewhere: every form that mm_run has printed, and what a script adds to it."""

from __future__ import annotations

import pytest
from mm_run_logs import STAMP, parameters, statistics, summary

from clipperf.errors import UsageError
from clipperf.tools import load_tool
from clipperf.tools.base import Report

TOOL = load_tool("mm_run")
ANALYSIS = f"""{STAMP}
=================== Report Dev 0 Analysis Summary
Estimate notifier ratio(%):   0.04
Input shape group             0: [[1, 2]]
Total iterations:             5
"""
"""What follows with ``trace_time=both``."""

BOTH = {"host": "Latency(host clock, ms)", "dev": "Latency(dev clock, ms)"}


def one(text: str) -> Report:
    """The only measurement in a log."""
    (report,) = TOOL.read_log("bench.log", text)
    return report


def codes(report: Report) -> list[str]:
    """Those of its warnings."""
    return [warning.code for warning in report.warnings]


def test_a_whole_log():
    report = one(parameters() + summary(clocks=BOTH))
    assert (report.device, report.label, report.model) == ("0", "", "/models/clip_onnx_force_float32_true")
    assert (report.precision, report.options) == ("fp32", {"precision": "force_float32"})
    assert (report.batch_size, report.instances, report.queue_depth, report.scope) == (32, 1, 2, "host")
    assert (report.requests, report.window_s, report.requests_per_s, report.qps) == (1000, 10.0, 100.0, 3200.0)
    assert report.latency_ms == {"min": 9, "max": 11, "mean": 10, "p50": 10, "p90": 11, "p95": 11, "p99": 11}
    assert report.compute_ms == {"mean": 8, "p50": 8, "p99": 8.8}
    assert report.vendor["vendor_qps"] == 3200
    assert report.vendor["vendor_latency_p50_ms"] == 10
    assert report.device_readings["device_util_pct"] == 90.5, "the mean"
    assert report.device_readings["device_memory_mb"] == 2252.8, "the highest"
    assert report.device_readings["power_w"] == 101.25
    assert report.device_readings["temperature_c"] == 60.5
    assert (report.runner_version, report.driver_version) == ("MagicMind 11534336, CNRT 50801", "CNAPI 10803")
    assert not report.warnings


@pytest.mark.parametrize("width", [18, 30, 40, 60])
def test_columns_may_have_any_width(width: int):
    assert one(parameters() + summary(width=width)) == one(parameters() + summary())


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "+ mm_run --magicmind_model x --batch_size 4\nThroughput is measured now\n" + text + "exit 0\n",
        lambda text: text.replace(
            "=================== Performance",
            "2026-03-02 10:20:30: INFO: a.cc:1] \n" * 3 + "=================== Performance",
        ),
        lambda text: text + ANALYSIS,
        lambda text: text + "half a line without its end: Throughput (qps): 12",
        lambda text: text.replace("Input shape group", "image preprocessed\nInput shape group"),
    ],
)
def test_what_a_script_adds(change: object):
    text = parameters() + summary()
    assert one(change(text)) == one(text)  # type: ignore[operator]


def test_an_older_release_prints_the_throughput_alone():
    report = one(parameters() + summary(rate=None))
    assert (report.qps, report.requests_per_s, report.vendor["vendor_qps"]) == (3200.0, 100.0, 3200.0)
    assert not report.warnings


def test_nothing_but_the_throughput_line():
    report = one("Throughput (qps):             1507.25\n")
    assert (report.qps, report.vendor, report.batch_size) == (1507.25, {"vendor_qps": 1507.25}, None)
    assert codes(report) == ["inputs-unknown", "scope-assumed"]


def test_figures_of_five_digits():
    report = one(parameters() + summary(iterations=123456, wall_s=1.2346, qps=3.2e6, rate=1e5))
    assert report.qps == 3.2e6
    assert (report.requests, report.requests_per_s) == (123456, 1e5)


def test_several_devices_and_several_runs():
    one_run = parameters(devices="0 1") + summary(0, qps=3200) + summary(1, qps=3100, rate=96.875)
    reports = TOOL.read_log("bench.log", one_run + one_run + parameters(batch_size=16) + summary(0))
    assert [(report.label, report.device) for report in reports] == [
        *(("run 1", "0"), ("run 1", "1"), ("run 2", "0"), ("run 2", "1"), ("run 3", "0"))
    ]
    assert [report.qps for report in reports[:2]] == [3200.0, 3100.0]


def test_runs_of_which_the_first_block_was_cut():
    reports = TOOL.read_log("bench.log", summary(0) + summary(1) + summary(0, qps=3296, rate=103))
    assert [(report.label, report.device, report.qps) for report in reports] == [
        *(("run 1", "0", 3200.0), ("run 1", "1", 3200.0), ("run 2", "0", 3296.0))
    ]


def test_the_device_of_a_single_one_is_in_the_parameters():
    assert one(parameters(devices=3) + summary(None)).device == "3"
    assert one(summary(None)).device == ""


TWO = "[[32, 3, 224, 224], [100, 77]]"
NAMED = "[image/arg:0: [32, 3, 224, 224], text/arg:1: [100, 77]]"


@pytest.mark.parametrize("shapes", [TWO, NAMED])
def test_which_of_several_inputs_counts_is_not_guessed(shapes: str):
    report = one(parameters(batch_size="32 100") + summary(qps=10000, shapes=(shapes,)))
    assert (report.qps, report.batch_size, report.requests_per_s) == (None, None, 100.0)
    assert report.vendor["vendor_qps"] == 10000
    assert report.options["input_batches"] == "32:100"
    assert codes(report) == ["batch-unknown"]
    assert "32, 100" in report.warnings[0].sentence


def test_several_inputs_of_one_batch():
    report = one(parameters(batch_size="32 32") + summary(shapes=("[[32, 3, 224, 224], [32, 77], []]",)))
    assert (report.qps, report.batch_size, report.options["input_batches"]) == (3200.0, 32, "{batch}:{batch}")
    assert not report.warnings


def test_a_throughput_that_contradicts_the_shapes():
    report = one(parameters() + summary(qps=9000))
    assert (report.qps, report.vendor["vendor_qps"]) == (3200.0, 9000.0)
    assert codes(report) == ["vendor-counts-otherwise"]


def test_a_rate_that_contradicts_the_iterations():
    assert codes(one(parameters() + summary(wall_s=5.0))) == ["rates-disagree"]


def test_several_shapes_have_no_common_latency():
    report = one(parameters() + summary(shapes=("[[32, 3, 224, 224]]", "[[16, 3, 224, 224]]")))
    assert not report.latency_ms
    assert "several-shapes" in codes(report)
    assert report.qps == 3200.0, "of a single input all samples are counted"


def test_the_device_clock_is_no_latency_of_the_host():
    report = one(parameters(trace_time="dev") + summary(clocks={"dev": BOTH["dev"]}))
    assert (report.latency_ms, report.compute_ms["mean"]) == ({}, 8)
    assert report.options["trace_time"] == "dev"


@pytest.mark.parametrize(
    ("disabled", "copy_ms", "scope"),
    [
        ("true", 1.0, "device-io"),
        ("1", 0.0, "device-io"),
        ("false", 0.0, "host"),
        (None, 1.0, "host"),
        (None, 0.0, "device-io"),
    ],
)
def test_scope(disabled: str | None, copy_ms: float, scope: str):
    """Copies that were left out are printed as taking no time."""
    head = "" if disabled is None else parameters(disable_data_copy=disabled)
    report = one(head + summary(copy_ms=copy_ms))
    assert report.scope == scope
    assert not report.warnings


def test_options_are_in_the_form_of_a_sweep():
    head = parameters(input_dims="32,3,224,224 _", batch_size="", bind_cluster="true", buffer_depth=4, plugin="")
    report = one(head + summary(shapes=("[[32, 3, 224, 224], []]",)))
    assert report.options == {
        "precision": "force_float32",
        "input_dims": "{batch}x3x224x224:_",
        "bind_cluster": "true",
        "buffer_depth": "4",
    }


def test_statistics_that_contradict_themselves_are_left_out():
    broken = statistics(10.0).replace("max: 11", "max: 1")
    text = (parameters() + summary()).replace(statistics(10.0), broken)
    report = one(text)
    assert not report.latency_ms
    assert report.qps == 3200.0


@pytest.mark.parametrize("qps", ["inf", "nan", "-5", "many", "32x", "1e999", "1e16", ""])
def test_a_throughput_that_is_no_number(qps: str):
    text = parameters() + summary(qps=qps, rate=None)
    report = one(text)
    assert "vendor_qps" not in report.vendor
    assert report.qps == 3200.0, "counted from iterations and wall time"


def test_a_log_of_a_failure_says_why():
    with pytest.raises(UsageError, match=r"bench\.log: .*failed.*Invalid dev id 7"):
        one(parameters() + "2026-03-02 10:20:30.405060: ERROR: run.cc:9] Invalid dev id 7, dev_num is:2\nAborted\n")


@pytest.mark.parametrize("text", ["", "\n", "Throughput (qps): 12", "nothing of it\n", parameters()])
def test_nothing_in_it(text: str):
    with pytest.raises(UsageError, match=r"there is no figure of mm_run in it.*2>&1"):
        one(text)
