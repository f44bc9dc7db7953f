"""Releases of which no recorded output is here: threads, several runs in a log, lines out of order, other words."""

from __future__ import annotations

import json

import numpy as np
import pytest
from ais_bench_cases import codes
from ais_bench_logs import begin, block, counted, end, listed, run, summary

from clipperf.errors import UsageError
from clipperf.tools.ais_bench import AisBench
from clipperf.tools.base import Report

PIPELINE = "--model /m/x_bs4.om --pipeline 1 --threads 2"


def read(text: str, name: str = "ais_bench.log") -> list[Report]:
    return list(AisBench().read_log(name, text))


def test_several_runs_are_several_reports() -> None:
    reports = read(run(5.0, loops=10) + run(8.0, loops=20, device=1))
    assert [(each.label, each.device, each.requests) for each in reports] == [("run 1", "0", 10), ("run 2", "1", 20)]
    assert [each.qps_compute for each in reports] == [800.0, 500.0]


def test_a_run_that_failed_between_others_is_told() -> None:
    failed = begin().partition("[INFO] load")[0] + "[ERROR] load model from file failed, model file is /m/y.om\n"
    reports = read(run(5.0) + failed + run(8.0))
    assert [each.qps_compute for each in reports] == [800.0, 500.0]
    assert all(codes(each) == {"log-has-failures"} for each in reports)
    assert "/m/y.om" in reports[0].warnings[-1].sentence


def test_lines_of_c_that_come_after_those_of_python_belong_to_their_run() -> None:
    """Up to 2023-06 a pipe gets what C++ printed at the end of the process."""
    late = "".join(
        counted(10) + block(mean) + begin(device, is_new=False) + end(device) for mean, device in ((5.0, 0), (8.0, 1))
    )
    assert [(each.device, each.model, each.qps_compute) for each in read(late)] == [
        ("0", "/m/x_bs4.om", 800.0),
        ("1", "/m/x_bs4.om", 500.0),
    ]


def test_devices_whose_lines_mix_are_told_apart_by_their_figures() -> None:
    first, second = block(5.0).splitlines(), block(8.0).splitlines()
    mixed = "\n".join(line for pair in zip(first, second, strict=True) for line in pair)
    tail = listed(1, 3, 8.0, 100.0, 101.0) + listed(0, 2, 5.0, 100.1, 101.0)
    text = f"[INFO] multidevice:[2, 3] run begin\n{begin(2)}{begin(3)}{counted(50)}{counted(50)}{mixed}\n{end(3)}{tail}"
    reports = read(text)
    assert [(each.label, each.qps_compute, each.requests) for each in reports] == [
        ("device 2", 800.0, 50),
        ("device 3", 500.0, 50),
    ]
    assert [each.qps for each in reports] == pytest.approx([4 * 50 / 0.9, 4 * 50 / 1.0])
    assert [each.latency_ms["max"] for each in reports] == [6.0, 9.0]


def test_a_list_that_overlapped_in_part_says_how_much() -> None:
    tail = listed(0, 0, 5.0, 100.0, 104.0, " ") + listed(1, 1, 5.5, 101.0, 105.0, " ")
    text = (
        f"[INFO] multidevice:[0, 1] run begin\n{counted(50)}{block(5.0)}{block(5.5)}{tail}[INFO] summary throughput:1\n"
    )
    for report in read(text):
        assert "devices-overlapped-partly" in codes(report)
        assert any("3 of 4 s (75 %)" in warning.sentence for warning in report.warnings)


def test_the_readme_that_prints_result_one_with_all_devices_there_is_read() -> None:
    tail = "[INFO] multidevice run end qsize:4 result:1\n" + listed(0, 1, 3.5, 10.80, 10.83, " ")
    text = block(3.5, 1) + block(3.6, 1) + tail.replace(str(4e3 / 3.5), str(1e3 / 3.5))
    reports = read(text)
    assert [each.batch_size for each in reports] == [1, 1]
    assert sorted(each.device for each in reports) == ["", "1"]


def test_colours_and_prefixes_of_msit_are_no_obstacle() -> None:
    lines = [f"2024-06-24 10:00:00,123 - 77 - msit_logger - INFO - {line[7:]}" for line in block(5.0).splitlines()]
    (report,) = read("\x1b[1;32m[SOLUTION]\x1b[0m visit the wiki\n" + "\r\n".join(lines))
    assert report.qps_compute == 800.0


def test_end_to_end_time_is_wall_time() -> None:
    (report,) = read(begin() + counted(50) + block(5.0) + "[INFO] end_to_end_time (s):0.26\n" + end())
    assert (report.window_s, report.requests_per_s, report.qps) == (
        0.26,
        pytest.approx(50 / 0.26),
        pytest.approx(200 / 0.26),
    )
    assert codes(report) == set()


def test_threads_tell_a_mean_that_is_no_latency() -> None:
    text = "[INFO] run in pipeline mode with computing threadsnumber:2\n" + block(2.5, is_mean_alone=True)
    (report,) = read(begin() + begin() + text + end())
    assert (report.instances, report.queue_depth, report.latency_ms) == (2, None, {})
    assert report.qps_compute == report.vendor["vendor_qps"] == 1600.0


def test_a_summary_of_threads_by_itself_does_not_pass_for_that_of_one() -> None:
    (report,) = read(block(2.5, is_mean_alone=True))
    assert (report.instances, report.queue_depth, report.latency_ms) == (None, None, {})
    assert report.qps_compute == report.vendor["vendor_qps"] == 1600.0


@pytest.mark.parametrize(
    ("is_mean_alone", "code"), [(False, "latency-divided-by-threads"), (True, "vendor-merges-wrongly")]
)
def test_of_the_first_builds_with_threads_nothing_is_derived(is_mean_alone: bool, code: str) -> None:
    text = "[INFO] run in pipeline mode with 2 computing threads.\n" + block(2.5, is_mean_alone=is_mean_alone)
    (report,) = read(begin() + text + "[INFO] end_to_end_time (s):0.26\n")
    assert codes(report) == {code}
    assert (report.qps_compute, report.latency_ms) == (None, {})
    assert report.vendor["vendor_qps"] == 1600.0


def test_threads_without_pipeline_are_one_thread() -> None:
    (report,) = read(f"[INFO] need to set --pipeline when setting threads number to be more than one.\n{run(5.0)}")
    assert (report.instances, codes(report)) == (1, {"threads-ignored"})


def test_durations_of_threads_were_divided() -> None:
    (report,) = read(summary([1.5, 1.6], PIPELINE.replace("threads", "thread") + " --input d"), "x_summary.json")
    assert codes(report) == {"latency-divided-by-threads"}
    assert (report.durations_ms, report.qps_compute, report.instances) == ((), None, 2)


def test_intervals_of_threads_give_wall_time_and_the_time_of_the_device() -> None:
    pairs = [(float(begin), float(begin + 10)) for begin in range(0, 500, 5)]
    (report,) = read(summary(pairs, f"{PIPELINE} --input d", mean=5.05), "x_summary.json")
    # From 0 to 505 ms something was executing all the time.
    assert report.qps_compute == pytest.approx(4e3 * 100 / 505)
    assert report.qps == pytest.approx(4 * 99 / 0.495)
    assert report.latency_ms["p50"] == 10.0
    assert (report.durations_ms, report.instances, report.requests) == ((), 2, 100)
    assert codes(report) == set()


def test_pauses_between_intervals_are_not_the_devices_time() -> None:
    pairs = [(0.0, 4.0), (10.0, 14.0), (20.0, 24.0)]
    (report,) = read(summary(pairs, "--model /m/x_bs4.om --input d", mean=4.0), "x_summary.json")
    assert report.durations_ms == (4.0, 4.0, 4.0)
    assert (report.qps_compute, report.qps) == (1000.0, pytest.approx(4 * 2 / 0.02))


def test_the_union_that_a_build_lost_is_told() -> None:
    pairs = [(float(begin), float(begin + 10)) for begin in range(0, 100, 5)]
    (report,) = read(summary(pairs, f"{PIPELINE} --input d", mean=4.0), "x_summary.json")
    assert codes(report) == {"vendor-merges-wrongly"}
    assert report.qps_compute == pytest.approx(4e3 * 20 / 105)


def test_threads_without_input_are_idle() -> None:
    (report,) = read(summary([(0.0, 4.0), (4.0, 8.0)], PIPELINE, mean=4.0), "x_summary.json")
    assert "threads-idle" in codes(report)


def test_a_session_that_is_old_has_a_coarse_clock() -> None:
    instants = (np.arange(0, 600_000, 1.003)).astype(np.float32)
    durations = np.diff(instants).astype(float)
    (report,) = read(summary(durations.tolist(), "--model /m/x_bs4.om --input d"), "x_summary.json")
    assert codes(report) == {"coarse-clock"}
    assert "steps of 0.0625 ms" in report.warnings[0].sentence
    assert "after 600 s" in report.warnings[0].sentence


def test_durations_that_were_never_instants_are_fine_however_old() -> None:
    durations = np.random.default_rng(0).uniform(1.0, 1.01, 600_000).astype(np.float32).astype(float)
    (report,) = read(summary(durations.tolist(), "--model /m/x_bs4.om --input d"), "x_summary.json")
    assert codes(report) == set()


def test_a_long_run_of_a_log_is_warned_of_as_well() -> None:
    def log(loops: int) -> str:
        return begin() + counted(2).replace("/2)", f"/{loops})") + block(3.0) + end()

    assert codes(read(log(50_000))[0]) == set()
    assert codes(read(log(100_000))[0]) == {"coarse-clock"}
    assert codes(read(log(100_000).replace("[INFO] create new context\n", ""))[0]) == set()


def test_requests_that_took_no_time_leave_the_vendors_mean() -> None:
    (report,) = read(summary([0.25, 0.0, 0.25, 0.25], "--model /m/x_bs4.om --input d"), "x_summary.json")
    assert codes(report) == {"times-not-positive"}
    assert (report.durations_ms, report.latency_ms["mean"]) == ((), 0.1875)


def test_instants_that_were_taken_for_durations_are_no_figures() -> None:
    """As an om_val.py printed them that summed up begin and end of 1,250 requests."""
    text = block(43273.1).replace("min = 43272.1", "min = 96.943").replace("max = 43274.1", "max = 85520.703")
    text = text.replace("median = 43273.1", "median = 43368.7").replace(
        "percentile(99%) = 43274.0", "percentile(99%) = 84719.4"
    )
    (report,) = read(text)
    assert codes(report) == {"instants-as-durations"}
    assert (report.latency_ms, report.qps_compute) == ({}, None)


def test_pairs_that_an_older_program_averaged_are_put_right() -> None:
    pairs = [(float(at), at + 4.0) for at in range(100, 1100, 10)]
    told = json.loads(summary(pairs, "--model /m/x_bs4.om --input d", mean=597.0))
    told["NPU_compute_time"]["median"] = 597.0
    (report,) = read(json.dumps(told), "x_summary.json")
    assert codes(report) == {"instants-as-durations"}
    assert report.durations_ms == (4.0,) * 100
    assert (report.batch_size, report.qps_compute) == (None, None)


@pytest.mark.parametrize(
    ("name", "arguments", "device"),
    [
        ("a_summary.json", "--device 3", "3"),
        ("a_summary.json", "--model x.om", "0"),
        ("device5_1_summary.json", "--device 4,5", "5"),
        ("device5_summary.json", "--device=4,5", "5"),
        ("other.json", "--device 4,5", ""),
        ("a_summary.json", "-d 7", "7"),
    ],
)
def test_the_device_of_a_summary(name: str, arguments: str, device: str) -> None:
    assert read(summary([1.0, 2.0], arguments), name)[0].device == device


def test_a_summary_by_msit_says_the_same_in_other_words() -> None:
    words = "benchmark --om-model /m/x_bs4.om --loop 3 --warmup-count=7 --dym-batch 4 --pure-data-type random -d 1"
    (report,) = read(summary([1.0, 2.0, 3.0], words), "a_summary.json")
    assert (report.model, report.device, report.warmup_requests) == ("/m/x_bs4.om", "1", 7)
    assert report.options == {"dymBatch": "4", "pure_data_type": "random"}
    assert report.warnings == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no log of ais_bench with figures"),
        ("Hello.\n", "no log of ais_bench with figures"),
        ("{}", "has no npu_compute_time_list"),
        ('{"npu_compute_time_list": [1', "is no whole JSON"),
        (summary([1.0]).replace("[1.0]", "[]"), "empty"),
        (summary([1.0]).replace("[1.0]", '["1"]'), "something else than times"),
        (summary([1.0]).replace("[1.0]", "[1.0, 2.0]"), "tells of 1 requests and has the times of 2"),
        (summary([1.0]).replace('"throughput"', '"rate"'), "has no throughput"),
        (summary([1.0], NPU_compute_time={"count": 1}), "has no NPU_compute_time with a mean"),
    ],
)
def test_what_is_no_measurement_is_refused(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read(text, "some_file")


def test_intervals_before_the_session_began_are_read_all_the_same() -> None:
    (report,) = read(summary([(-9.0, -5.0), (-5.0, -1.0)], "--model /m/x_bs4.om --input d", mean=4.0), "x_summary.json")
    assert (report.qps_compute, codes(report)) == (1000.0, set())


def test_pairs_with_the_statistics_of_their_durations_are_believed() -> None:
    content = json.loads(summary([(0.0, 5.0), (6.0, 11.1), (12.0, 17.2)], "--model /m/x_bs4.om --input d", mean=5.1))
    content["NPU_compute_time"] |= {"min": 5.0, "max": 5.2, "median": 5.1, "percentile(99%)": 5.2}
    (report,) = read(json.dumps(content), "x_summary.json")
    assert (report.batch_size, report.latency_ms["mean"]) == (4, pytest.approx(5.1))
    assert codes(report) == set()
