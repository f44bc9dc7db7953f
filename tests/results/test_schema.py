"""The list of columns: what readers of a table may rely on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clipperf.results import schema
from clipperf.results.schema import COLUMNS, FAILURES, MEASURED, NAMES, SCHEMA_VERSION, STATUSES

UNITS = {"_ms": "ms", "_s": "s", "_mb": "MB", "_w": "W", "_c": "°C", "_pct": "%"}
PROMISED = """
schema_version run_id case_id repeat started_at host model precision batch_size runner device devices instances
queue_depth loop arrival offered_rate scope options measured_by runner_version driver_version clipperf_version git_rev
profile model_sha256 seed precision_ran provider_ran device_idle_before status error_kind error warnings requests
samples warmup_requests window_s qps qps_ci_low qps_ci_high requests_per_s qps_compute latency_mean_ms latency_min_ms
latency_p50_ms latency_p90_ms latency_p95_ms latency_p99_ms latency_p999_ms latency_max_ms compute_mean_ms
compute_p50_ms compute_p99_ms latency_p50_low_ms latency_p50_high_ms latency_p99_low_ms latency_p99_high_ms
service_p50_ms service_p99_ms in_flight_mean late_p99_ms timeouts is_steady drift_pct harness_ms load_s first_infer_ms
cosine_mean cosine_min top1_pct top5_pct recall_at_1_pct recall_at_5_pct recall_at_10_pct cpu_pct rss_mb
device_util_pct device_memory_mb power_w energy_j_per_sample temperature_c gflops_per_s vendor_qps
vendor_latency_p50_ms
"""
"""What the first version of the schema promises."""


def test_names_are_unique_and_plain():
    assert len(set(NAMES)) == len(NAMES)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in NAMES)


def test_no_column_of_the_first_version_is_gone():
    promised = PROMISED.split()
    assert set(promised) <= set(NAMES)
    assert all(column.since == 1 for column in COLUMNS if column.name in promised)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_a_figure_names_its_unit_at_its_end(column):
    assert column.meaning
    assert 1 <= column.since <= SCHEMA_VERSION
    ending = next((unit for end, unit in UNITS.items() if column.name.endswith(end)), None)
    if ending is not None and not column.name.endswith("_per_s"):
        assert column.unit == ending


def test_every_status_is_measured_failed_or_unsupported():
    assert set(MEASURED) | set(FAILURES) | {"unsupported"} == set(STATUSES)
    assert not set(MEASURED) & set(FAILURES)


def test_a_column_added_later_says_since_when():
    # The version is raised with every change, and its history stands at the head of the file.
    text = Path(schema.__file__).read_text(encoding="utf-8")
    told = [int(number) for number in re.findall(r"^ {4}(\d+)  \S", text, re.MULTILINE)]
    assert told == list(range(1, SCHEMA_VERSION + 1))
