"""The standard output of torch_aie's perf_test.py: its throughput as printed, and nothing that it does not say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.errors import UsageError
from clipperf.importing.perf_test import PerfTest

ONE = "Start compiling model.\nUsing optimization level {}\nModel compiled successfully.\ninference...\nFPS: {}\n"


def read(text: str):
    return PerfTest().read_log("perf.log", text)


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_one_measurement(end: str):
    (report,) = read(ONE.format(2, "58.79").rstrip("\n").replace("\n", end or "\n") + end)
    assert (report.scope, report.qps, report.vendor) == ("device-io", 58.79, {"vendor_qps": 58.79})
    assert (report.instances, report.queue_depth, report.options) == (1, 1, {"optim_level": 2})
    assert (report.batch_size, report.requests, report.model, report.precision, report.device) == (
        None,
        None,
        "",
        "",
        "",
    )
    assert report.warnings == ()


def test_several_measurements_each_with_its_own_level():
    reports = read(ONE.format(0, "20.00") + "[W] something of torch\n" + ONE.format(1, "31.5") + "FPS: 7\n")
    assert [(report.qps, dict(report.options)) for report in reports] == [
        (20.0, {"optim_level": 0}),
        (31.5, {"optim_level": 1}),
        (7.0, {}),
    ]
    assert [report.label for report in reports] == ["measurement 1", "measurement 2", "measurement 3"]


def test_a_command_above_says_model_and_batch_size():
    (one,) = read("+ python3 perf_test.py --model_path './vit b.ts' --batch_size=8 --optim_level 2\nFPS: 231.5\n")
    assert (one.model, one.batch_size, one.options) == ("./vit b.ts", 8, {"optim_level": 2})


def test_of_several_commands_above_one_result_only_what_all_say_counts():
    commands = [f"python perf_test.py --model_path ./vit.ts --batch_size 4 --optim_level {level}" for level in (1, 2)]
    one, other = read("\n".join([*commands, "about 59 fps", "FPS: 58.79", "see perf_test.py", "FPS: 60"]))
    assert (one.model, one.batch_size, one.options) == ("./vit.ts", 4, {})
    assert (other.model, other.batch_size, other.options) == ("", None, {})


def test_a_command_that_failed_says_nothing_of_the_next():
    failed = "$ perf_test.py --batch_size 64\n" + ONE.format(2, "1").partition("Model")[0] + "RuntimeError: memory\n"
    (one,) = read(failed + "$ perf_test.py --batch_size 32\n" + ONE.format(1, "300.1"))
    assert (one.batch_size, one.options, one.warnings) == (32, {"optim_level": 1}, ())


def test_a_run_that_did_not_end_is_told():
    reports = read(ONE.format(0, "20.00") + ONE.format(1, "31.5").partition("inference")[0])
    assert [report.qps for report in reports] == [20.0]
    assert [warning.code for warning in reports[0].warnings] == ["log-cut-off"]


@pytest.mark.parametrize(
    "text",
    ["", "FPS:", "FPS: nan", "FPS: inf", "FPS: -3", "FPS: 0.00", "FPS: 1e9", "FPS: 1.2.3", "fps: 3", "avg FPS: 3",
     ONE.format(1, "3.0")[:-6], '{"FPS": 3}'],
)  # fmt: skip
def test_without_a_throughput_it_is_refused(text: str):
    with pytest.raises(UsageError, match=r"^perf\.log: it has no line such as 'FPS: 58\.79'"):
        read(text)


@given(st.lists(st.one_of(st.text(), st.sampled_from(["FPS: 12.5", "FPS: 3", "Using optimization level 1"]))))
def test_any_text_gives_its_throughputs_or_a_named_error(parts: list[str]):
    text = "\n".join(parts)
    lines = [line.strip() for line in re.split(r"[\r\n]", text)]
    wanted = [
        float(line[5:]) for line in lines if re.fullmatch(r"FPS: [0-9]+(\.[0-9]+)?", line) and float(line[5:]) > 0
    ]
    if wanted:
        assert [report.qps for report in read(text)] == wanted
    else:
        with pytest.raises(UsageError):
            read(text)
