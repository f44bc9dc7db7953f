"""Blocks in all their forms, alone and among other text, give the figures that they print, to the last digit."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vsx_prof_cases import ORDER, block, codes

from clipperf.errors import UsageError
from clipperf.tools import load_tool
from clipperf.tools.base import Report

ROOT = Path(__file__).parents[3]
TOOL = load_tool("vsx_prof")
CAPTURED = Path(__file__).parent / "captured"
KEYS = ("mean", "min", "max", "p50", "p90", "p95", "p99")


def read(text: str) -> list[Report]:
    return list(TOOL.read_log("notes.md", text))


def published() -> list[dict[str, str]]:
    with (ROOT / "clipperf" / "data" / "published.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["device"] == "VACC"]


def published_block(row: dict[str, str]) -> str:
    latencies = tuple(round(float(row[f"latency_{key}_ms"]) * 1000) for key in KEYS)
    devices = "[0]" if row["measured_by"].endswith(".py") else "[ 0 ]"
    return block(
        row["qps"], latencies, devices=devices, sizes=(f"queue size: {row['vendor_queue_size']}", "batch size: 1")
    )


@pytest.mark.parametrize("row", published(), ids=lambda row: f"{row['measured_by']}-{row['vendor_queue_size']}")
def test_published_figures(row: dict[str, str]):
    (report,) = read(published_block(row))
    assert report.qps == report.requests_per_s == report.vendor["vendor_qps"] == float(row["qps"])
    assert report.latency_ms == {key: float(row[f"latency_{key}_ms"]) for key in KEYS}
    assert report.queue_depth == {"0": 1, "1": 3}[row["vendor_queue_size"]]
    assert (report.device, report.instances, report.batch_size, report.scope) == ("0", 1, 1, "pipeline")
    assert report.in_flight_mean == pytest.approx(report.queue_depth, rel=0.01)
    assert codes(report) == []


def test_what_the_vendors_own_cplusplus_profiler_printed():
    reports = read((CAPTURED / "vsx_cpp_profiler_fake_device.txt").read_text(encoding="utf-8"))
    assert [report.qps for report in reports] == [135.088, 186.81, 185.714]
    assert [report.queue_depth for report in reports] == [1, 3, 4]
    assert [report.latency_ms["mean"] for report in reports] == [7.4, 15.842, 21.167]
    assert [report.latency_ms["p99"] for report in reports] == [7.477, 16.214, 21.513]
    assert [round(report.in_flight_mean or 0, 2) for report in reports] == [1.0, 2.96, 3.93]


def test_what_the_vendors_own_python_profiler_printed():
    (report,) = read((CAPTURED / "vsx_py_profiler_fake_device.txt").read_text(encoding="utf-8"))
    assert (report.qps, report.latency_ms["max"], report.queue_depth) == (186.87, 17.809, 3)


@pytest.mark.parametrize(
    ("text", "qps"),
    [
        (block("1.23457e+06"), 1234570.0),
        (block("3000"), 3000.0),
        (block("0.3592"), 0.3592),
        (block("3022.362206780337"), 3022.362206780337),
        (block().replace("\n", "\r\n"), 192.84),
        (block().replace("  ", ""), 192.84),
        (block().replace("\n", "\n> "), 192.84),
        (block().replace("\n", "\n[12:00:01.123] "), 192.84),
        (block().replace(": ", "： "), 192.84),
        (block().replace("\n", "  \n"), 192.84),
        (block().replace("\n", "\nI1121 10:00:00.1 7 stream.cc:3] queue is full\n"), 192.84),
        (block().replace("  devices: [ 0 ]", "  device: 0"), 192.84),
        ("\x1b[32m" + block().replace("\n", "\x1b[0m\n\x1b[32m") + "\x1b[0m", 192.84),
        ("\n- throughput (qps): 12.5" + block().partition("192.84")[2], 12.5),
    ],
    ids=lambda value: "" if isinstance(value, float) else None,
)
def test_forms(text: str, qps: float):
    (report,) = read(text + "\n")
    assert (report.qps, report.latency_ms["p99"]) == (qps, 15.556)


def test_lines_of_queue_and_batch_may_be_missing():
    (report,) = read(block("100", (20000, 10000, 30000), sizes=()))
    assert (report.batch_size, report.queue_depth, report.in_flight_mean) == (1, 2, pytest.approx(2.0))
    assert codes(report) == ["batch-not-told", "depth-from-figures"]


def test_the_asynchronous_form_has_its_depth_from_littles_law():
    swapped = block("3170.66", (10062, 6075, 10399), 2, "[0]", ("batch size: 8", "queue size: 1"))
    (report,) = read(swapped)
    assert (report.queue_depth, report.options) == (2, {"queue_size": 1})
    assert report.in_flight_mean == pytest.approx(3.988, abs=1e-3)
    plain = block("3079.19", (5186, 5123, 8046), 2, "[ 0 ]", ("queue size: 1", "batch size: 8"))
    (report,) = read(f"### run_stream_async_prof 命令行结果示例\n```bash{plain}```\n")
    assert (report.queue_depth, codes(report)) == (1, [])
    (report,) = read(plain)
    assert (report.queue_depth, codes(report)) == (3, ["in-flight-differs"])
    assert "asynchronous family" in report.warnings[0].sentence


def test_devices_that_did_nothing_are_no_devices_of_the_row():
    (report,) = read(block(instances=1, devices="[ 0 1 2 ]"))
    assert (report.device, report.instances) == ("0", 1)
    assert codes(report) == ["devices-idle"]
    assert "the last 2 did nothing" in report.warnings[0].sentence


def test_instances_are_a_total():
    latencies = (15466, 7760, 17841)
    (report,) = read(block("771.36", latencies, 4, "[0, 1]"))
    assert (report.device, report.instances, codes(report)) == ("0,1", 2, [])
    (report,) = read(block("578.52", latencies, 3, "[0, 1]"))
    assert (report.instances, codes(report)) == (None, ["instances-uneven"])


def test_batches_count_in_littles_law():
    (report,) = read(block("189.8", (62510, 30000, 70000), sizes=("queue size: 1", "batch size: 4")))
    assert report.requests_per_s == pytest.approx(47.45)
    assert report.in_flight_mean == pytest.approx(2.966, abs=1e-3)
    assert codes(report) == []


@pytest.mark.parametrize(
    ("qps", "mean_us", "queue", "words"),
    [
        ("140", 15466, 1, "could not send as fast"),
        ("250", 15466, 1, "wait for a thread"),
        ("100", 7000, 0, "time passed between one request and the next"),
    ],
)
def test_figures_that_disagree_with_their_settings(qps: str, mean_us: int, queue: int, words: str):
    (report,) = read(block(qps, (mean_us, 1000, 90000), sizes=(f"queue size: {queue}", "batch size: 1")))
    (warning,) = report.warnings
    assert warning.code == "in-flight-differs"
    assert words in warning.sentence


def test_rounding_to_two_digits_is_no_disagreement():
    (report,) = read(
        block("0.02", (62_000_000, 1, 90_000_000), devices="[0]", sizes=("queue size: 0", "batch size: 1"))
    )
    assert codes(report) == []


@pytest.mark.parametrize(
    "text",
    [
        block().replace("p50 latency: 15492", "p50 latency: 1549"),
        block().replace("(us)", "(ns)"),
        block().replace("throughput (qps): 192.84", "throughput (qps): nan"),
        block().replace("    max latency: 17841\n", ""),
        block("0.00"),
        block(instances=0),
    ],
)
def test_a_block_that_contradicts_itself_is_none(text: str):
    with pytest.raises(UsageError, match="begin at line 2, are not whole or contradict themselves"):
        read(text)
    first, second = read(block() + text + block())
    assert (codes(first), codes(second)) == ([], ["blocks-left-out"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it has no block of VastStreamX's profilers"),
        ("Number of instances: 4\nof an EC2 cluster\n", "it has no block"),
        (
            "Traceback (most recent call last):\nAssertionError\n",
            "the run that it is the log of failed.*AssertionError",
        ),
    ],
)
def test_a_text_without_blocks(text: str, words: str):
    with pytest.raises(UsageError, match=f"^notes.md: {words}"):
        read(text)


def test_a_text_that_ends_within_a_line():
    (report,) = read(block().rstrip("\n"))
    assert "p99" not in report.latency_ms
    assert codes(report) == ["last-line-open"]


RATES = st.floats(0.01, 1e7)
TIMES = st.lists(st.integers(1, 10**9), min_size=7, max_size=7).map(sorted)


@given(RATES, TIMES, st.integers(1, 64), st.integers(0, 64), st.integers(1, 512), st.booleans(), st.booleans())
def test_figures_come_back(
    rate: float, times: list[int], instances: int, queue: int, batch: int, is_python: bool, is_swapped: bool
):
    low, mean, *percentiles, high = times
    sizes = (f"queue size: {queue}", f"batch size: {batch}")
    printed = f"{rate:.2f}" if is_python else f"{rate:.6g}"
    (report,) = read(
        block(
            printed,
            (mean, low, high, *percentiles),
            instances,
            "[0]" if is_python else "[ 0 ]",
            sizes[::-1] if is_swapped else sizes,
        )
    )
    assert report.qps == float(printed)
    assert report.latency_ms == dict(zip(KEYS, (us / 1e3 for us in (mean, low, high, *percentiles)), strict=False))
    assert (report.instances, report.batch_size) == (instances, batch)
    assert is_swapped or report.queue_depth == (queue + 2 if queue else 1)


LABELS = st.sampled_from(
    [
        *("- number of instances: ", "  devices: [", "  queue size: ", "  batch size: ", "throughput (qps): "),
        *(f"    {name} latency: " for name in ORDER),
        *("```bash\n", "# ", "./clip_image_prof -m ", "\\\n", "latency (us):\n"),
    ]
)
PIECES = st.sampled_from([line + "\n" for line in (block() + block("140.033", (7140, 7009, 7641))).split("\n")])


def figures(report: Report) -> list[float]:
    single = [report.qps, report.requests_per_s, report.in_flight_mean, report.batch_size, report.queue_depth]
    return [*(each for each in single if each is not None), *report.latency_ms.values(), *report.vendor.values()]


@given(st.one_of(st.text(), st.binary().map(lambda data: data.decode(errors="replace"))))
def test_any_text(text: str):
    try:
        reports = read(text)
    except UsageError:
        return
    assert all(math.isfinite(figure) and figure >= 0 for report in reports for figure in figures(report))


@given(st.lists(st.one_of(PIECES, LABELS, st.text(max_size=20)), max_size=60).map("".join))
def test_any_order_of_its_lines(text: str):
    try:
        reports = read(text)
    except UsageError:
        return
    for report in reports:
        assert all(math.isfinite(figure) and figure >= 0 for figure in figures(report))
        assert report.latency_ms["min"] <= report.latency_ms["max"]


WHOLE = block() + block("140.033", (7140, 7009, 7641, 7134, 7191, 7196, 7235))


@given(st.integers(0, len(WHOLE)))
def test_any_end(end: int):
    """What is told of a text that ends early is what the whole one tells."""
    try:
        parts = read(WHOLE[:end])
    except UsageError:
        return
    for part, whole in zip(parts, read(WHOLE), strict=False):
        assert part.qps == whole.qps
        assert part.latency_ms.items() <= whole.latency_ms.items()
