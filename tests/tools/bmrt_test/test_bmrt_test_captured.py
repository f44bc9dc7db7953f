"""Every recorded file imports to the figures that it prints, read here by other means; the rest gives an error."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bmrt_test_cases import codes

from clipperf.errors import UsageError
from clipperf.tools import load_tool
from clipperf.tools.bmrt_test.nets import read_nets

CAPTURED = Path(__file__).parent / "captured"
TOOL = load_tool("bmrt_test")
LOGS = ("bmrt_test_bm1684_f32.log", "bmrt_test_bmodel_b4.log", "bmrt_test_loop3_cal2_b1.log")
ERRORS = {
    "bmrt_test_bad_devid_cmodel.log": "dev_id < max_dev_cnt",
    "bmrt_test_bad_shapes.log": "Segmentation fault",
    "bmrt_test_garbage_bmodel.log": r"garbage.bmodel\] is broken",
    "bmrt_test_missing_bmodel.log": "open failed",
    "bmrt_test_unknown_flag.log": "unrecognized option '--bogus'",
    "bmrt_test_usage.log": "no time of bmrt_test",
    "bmrt_test_version.log": "no time of bmrt_test",
}


def test_all_are_looked_at():
    assert {path.name for path in CAPTURED.glob("*.log")} == {*LOGS, *ERRORS}


@pytest.mark.parametrize("name", LOGS)
def test_a_log_imports_to_what_it_prints(name: str):
    text = (CAPTURED / name).read_text()
    totals = [int(number.replace(".", "")) / 1e3 for number in re.findall(r"calculate  time\(s\): ([\d.]+)", text)]
    launches = [int(number) / 1e3 for number in re.findall(r"launch total time is (\d+) us", text)]
    in_a_loop = round(totals[0] / launches[0])
    batch = int(re.findall(r"Input 0\).*shape=\[ (\d+)", text)[0])
    (report,) = TOOL.read_log(name, text)
    counted = totals[1:] or totals
    mean = sum(counted) / len(counted) / in_a_loop
    assert report.latency_ms["mean"] == pytest.approx(mean, rel=1e-12)
    assert report.durations_ms == (tuple(counted) if in_a_loop == 1 else ())
    assert report.qps_compute == pytest.approx(1e3 * batch / mean, rel=1e-12)
    assert report.requests == len(counted) * in_a_loop
    assert (report.batch_size, report.scope) == (batch, "compute")
    assert report.model == re.findall(r"Loading bmodel from \[(.*)\]\.", text)[0]
    assert report.precision == ("fp32" if "f32" in report.model else "fp16")
    assert report.runner_version == "libbmrt 1.0.0 (ee6becb0)"
    assert not report.compute_ms, "the simulator tells 0 us of the NPU"
    assert codes(report) == ({"launches-averaged"} if in_a_loop == 2 else {"cold-only"})


@pytest.mark.parametrize("name", ERRORS)
def test_what_has_failed_is_told_in_its_words(name: str):
    with pytest.raises(UsageError, match=rf"^{re.escape(name)}: .*{ERRORS[name]}"):
        TOOL.read_log(name, (CAPTURED / name).read_text())


def test_model_tool_tells_nets_and_stages():
    def told(name: str) -> list[tuple[str, bool | None, object]]:
        nets = read_nets((CAPTURED / f"model_tool_info_{name}.txt").read_text().splitlines())
        return [(net.name, net.is_dynamic, dict(net.inputs)) for net in nets]

    one, four = ((1, 3, 32, 32),), ((4, 3, 32, 32),)
    assert told("multistage") == [("minivit", False, {0: one, 1: four})]
    assert told("int8_quant_input") == [("mv_b1", False, {0: one})]
    assert told("dynamic") == [("mv_b4", True, {0: ((4, 3, 32, 32),)})]
