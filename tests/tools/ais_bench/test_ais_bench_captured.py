"""Every recorded file imports to the figures that it prints, read here by other means; the rest gives a named error."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ais_bench_cases import CAPTURED, codes

from clipperf.errors import UsageError
from clipperf.tools.ais_bench import AisBench
from clipperf.tools.base import Report

FILES = sorted(path for path in CAPTURED.iterdir() if not path.name.endswith(".meta.json"))
MODEL = "/bench/models/vit_b_32_vision_bs4.om"
ERRORS = {
    "08_missing_model.stdout": "bad-model",
    "08_missing_model.stderr": "bad-model",
    "09_corrupt_model.stdout": "bad-model",
    "09_corrupt_model.stderr": "bad-model",
    "10_bad_device.stdout": "bad-device",
    "10_bad_device.stderr": "bad-device",
    "12_execute_fails_midway.stdout": "execute-failed",
    "12_execute_fails_midway.stderr": "execute-failed",
    "14_no_aclruntime.stderr": "no-aclruntime",
}
WARNINGS = {
    "gitee_2025-12__04_device_0_1.stdout": set(),
    "gitee_2025-12__07_device_0_1_output.stdout": {"devices-did-not-overlap", "short-run"},
    "github_2023-06__04_device_0_1.stdout": {"devices-did-not-overlap"},
    "github_2023-06__07_device_0_1_output.stdout": {"devices-did-not-overlap", "short-run"},
    "gitee_2025-12__11_one_bad_of_two_devices.stdout": {"device-failed", "short-run"},
    "github_2023-06__11_one_bad_of_two_devices.stdout": {"device-failed", "short-run"},
}


def read(path: Path) -> list[Report]:
    return list(AisBench().read_log(path.name, path.read_text(encoding="utf-8")))


def kind_of(path: Path) -> str:
    return path.name.partition("__")[2]


def test_all_are_looked_at() -> None:
    assert len(FILES) == 44
    assert {kind_of(path) for path in FILES} >= ERRORS.keys()


@pytest.mark.parametrize("path", [path for path in FILES if kind_of(path) in ERRORS], ids=lambda path: path.name)
def test_what_has_failed_is_told_by_its_reason(path: Path) -> None:
    with pytest.raises(UsageError, match=rf"^{re.escape(path.name)}: .*\({ERRORS[kind_of(path)]}\)\. It said: "):
        read(path)


LOGS = [path for path in FILES if re.fullmatch(r"\d\d_.*\.stdout", kind_of(path)) and kind_of(path) not in ERRORS]


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_a_log_imports_to_what_it_prints(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    reports = read(path)
    printed = re.findall(
        r"throughput 1000\*batchsize\.mean\((\d+)\)/NPU_compute_time\.mean\(([\d.]+)\): ([\d.]+)", text
    )
    times = dict(re.findall(r"NPU_compute_time \(ms\): (.*mean = ([\d.]+).*)", text)[::1])
    times = {mean: line for line, mean in times.items()}
    assert len(reports) == len(printed) >= 1
    for batch, mean, throughput in printed:
        (report,) = (one for one in reports if one.vendor["vendor_qps"] == float(throughput))
        told = {name: float(value) for name, value in re.findall(r"(\S+) = ([\d.]+)", times[mean])}
        assert report.batch_size == int(batch)
        assert report.qps_compute == float(throughput)
        assert report.latency_ms == {
            "mean": told["mean"],
            "min": told["min"],
            "max": told["max"],
            "p50": told["median"],
            "p99": told["percentile(99%)"],
        }
        assert report.vendor == {
            "vendor_qps": float(throughput),
            "vendor_latency_mean_ms": told["mean"],
            "vendor_latency_p50_ms": told["median"],
            "vendor_latency_p99_ms": told["percentile(99%)"],
        }
        assert report.scope == "compute"
        assert report.model == (MODEL if batch == "4" else MODEL.replace("bs4", "bs1"))
        assert (report.instances, report.queue_depth, report.warmup_requests) == (1, 1, 1)
        assert codes(report) == WARNINGS.get(path.name, set())


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_the_requests_are_those_of_the_command(path: Path) -> None:
    meta = path.with_name(f"{path.stem}.meta.json")
    arguments = json.loads(meta.read_text(encoding="utf-8"))["argv"]
    loops = int(arguments[arguments.index("--loop") + 1]) if "--loop" in arguments else 1
    input_sets = 3 if "--input" in arguments else 1
    assert [report.requests for report in read(path)] == [loops * input_sets] * len(read(path))


@pytest.mark.parametrize("path", [path for path in LOGS if "device" in path.name], ids=lambda path: path.name)
def test_each_device_has_its_own_wall_time(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = re.findall(r"device_(\d+) throughput:([\d.]+)\s+start_time:([\d.]+) end_time:([\d.]+)", text)
    reports = read(path)
    assert [report.device for report in reports] == sorted(device for device, *_ in lines)
    for device, throughput, begin, end in lines:
        report = reports[[one.device for one in reports].index(device)]
        assert report.vendor["vendor_qps"] == float(throughput)
        assert report.window_s == pytest.approx(float(end) - float(begin))
        assert report.requests is not None
        assert report.qps == pytest.approx(4 * report.requests / (float(end) - float(begin)))


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".json"], ids=lambda path: path.name)
def test_a_summary_imports_with_every_latency(path: Path) -> None:
    told = json.loads(path.read_text(encoding="utf-8"))
    (report,) = read(path)
    assert report.durations_ms == tuple(told["npu_compute_time_list"])
    assert report.requests == told["NPU_compute_time"]["count"]
    assert report.vendor["vendor_qps"] == told["throughput"]
    assert report.qps_compute == pytest.approx(told["throughput"], rel=1e-9)
    assert report.vendor["vendor_latency_p99_ms"] == told["NPU_compute_time"]["percentile(99%)"]
    assert (report.batch_size, report.model) == (4, MODEL)
    assert report.device == ("1" if "device1" in path.name else "0")
    assert report.qps is None


@pytest.mark.parametrize("path", [path for path in FILES if "api_session" in path.name], ids=lambda path: path.name)
def test_times_that_a_script_printed_are_read(path: Path) -> None:
    line = re.search(r"exec_time_list (\[.*\])", path.read_text(encoding="utf-8"))
    assert line is not None
    numbers = [float(number) for number in re.findall(r"[\d.]+", line.group(1))]
    is_paired = "(" in line.group(1)
    wanted = [end - begin for begin, end in zip(numbers[::2], numbers[1::2], strict=False)] if is_paired else numbers
    (report,) = read(path)
    assert report.durations_ms == pytest.approx(wanted)
    assert report.qps_compute is None
