"""Every way in which the program can go wrong ends as a named error or as a row that says what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from ais_bench_cases import Run, codes, with_options, write_model

from clipperf.errors import CaseFailed, CaseTimedOut
from clipperf.tools.ais_bench import AisBench
from clipperf.tools.base import Captured, Command, Length, Line, ToolCase


def kind_of(run: Run, case: ToolCase) -> CaseFailed:
    with pytest.raises(CaseFailed) as caught:
        run(case)
    return caught.value


@pytest.mark.parametrize(
    ("fails", "kind", "words"),
    [
        ("half-way", "execute-failed", "execute model failed, modelId is 1"),
        ("killed", "SIGKILL", "SIGKILL, as the kernel does when memory runs out"),
        ("garbage", "no-figures", "printed no Performance Summary"),
        ("silent", "no-figures", "printed no Performance Summary"),
        ("no-memory", "out-of-memory", "malloc device buffer failed"),
        ("no-permission", "permission-denied", "/dev/davinci0"),
        ("late", "exit", "exit code 1"),
    ],
)
def test_a_program_that_fails_is_told_by_name(
    case: ToolCase, run: Run, fails: str, kind: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIS_FAILS", fails)
    error = kind_of(run, case)
    assert error.kind == kind
    assert words in str(error)
    assert str(error).startswith("ais_bench on device 0 failed. ")


def test_a_bad_device_is_told(case: ToolCase, run: Run) -> None:
    error = kind_of(run, replace(case, device_ids=("7",)))
    assert error.kind == "bad-device"
    assert "device id=7 is error" in str(error)


def test_one_bad_device_of_its_own_list_is_told(case: ToolCase, run: Run) -> None:
    error = kind_of(run, replace(case, device_ids=("0", "7"), with_own_devices=True))
    assert error.kind == "bad-device"


def test_msit_ends_well_where_a_device_failed(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIS_FORM", "msit")
    python = case.options["python"]
    listed = replace(case, options={"command": f"{python} benchmark"}, device_ids=("0", "7"), with_own_devices=True)
    assert kind_of(run, listed).kind == "bad-device"


@pytest.mark.parametrize("form", ["new", "2023-06"])
def test_a_corrupt_model_is_told(
    case: ToolCase, run: Run, model: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIS_FORM", form)
    model.write_bytes(b"\x00IMOD\xff")
    assert kind_of(run, case).kind == "bad-model"


def test_a_model_that_vanishes_is_told(case: ToolCase, tmp_path: Path) -> None:
    gone = Captured(
        Command(("ais_bench", "--model", "/gone.om", "--loop", "5"), tmp_path, "0"),
        (
            Line("[ERROR] path: /gone.om not exist, please check if file or dir is exist"),
            Line("__main__.py: error: argument --model/-m: om path:/gone.om is illegal. Please check.", "stderr"),
        ),
        {},
        2,
    )
    with pytest.raises(CaseFailed, match=r"/gone\.om not exist") as caught:
        AisBench().parse(case, [gone])
    assert caught.value.kind == "bad-model"


def test_a_program_that_hangs_is_ended(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIS_FAILS", "hang")
    with pytest.raises(CaseTimedOut, match="output path"):
        run(case, timeout_s=2.0)


def test_another_batch_size_than_the_case_has_is_no_measurement_of_it(case: ToolCase, run: Run) -> None:
    error = kind_of(run, replace(case, batch_size=8))
    assert error.kind == "wrong-batch-size"
    assert "is 4, the case has --batch 8" in str(error)
    assert "{batch}" in str(error)


def test_a_batch_size_that_is_to_be_believed_is_believed(case: ToolCase, run: Run) -> None:
    (report,), _ = run(replace(with_options(case, batchsize="true"), batch_size=8))
    assert report.qps_compute == pytest.approx(8e3 * 20 / sum(report.durations_ms))


@pytest.mark.parametrize("form", ["new", "2023-06"])
def test_a_dynamic_model_needs_to_be_told_its_size(
    case: ToolCase, run: Run, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIS_FORM", form)
    dynamic = replace(case, model=str(write_model(tmp_path / "dynamic.om", sizes=[1, 4], execute_ms=1.0)))
    error = kind_of(run, dynamic)
    assert error.kind == ("dynamic-model" if form == "new" else "wrong-batch-size")
    assert "dymBatch=true" in str(error)


def test_a_size_that_a_dynamic_model_has_not_is_told(case: ToolCase, run: Run, tmp_path: Path) -> None:
    model = write_model(tmp_path / "dynamic.om", sizes=[1, 8], execute_ms=1.0)
    error = kind_of(run, replace(with_options(case, dymBatch="true"), model=str(model)))
    assert error.kind == "dynamic-model"
    assert "the dymBatch parameter is not correct" in str(error)


@pytest.mark.parametrize(("fails", "why"), [("no-summary", "is missing"), ("cut-summary", "is no whole JSON")])
def test_without_a_summary_the_printed_figures_serve(
    case: ToolCase, run: Run, fails: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIS_FAILS", fails)
    (report,), _ = run(case)
    (warning,) = (each for each in report.warnings if each.code == "no-summary")
    assert why in warning.sentence
    assert report.durations_ms == ()
    assert report.latency_ms.keys() == {"mean", "min", "max", "p50", "p99"}
    assert report.qps_compute == report.vendor["vendor_qps"] == pytest.approx(4e3 / report.latency_ms["mean"])
    assert report.requests == 20


@pytest.mark.parametrize("fails", ["no-summary", "cut-summary"])
def test_several_devices_without_summaries_add_up_only_where_they_measured_together(
    case: ToolCase, run: Run, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIS_FAILS", fails)
    monkeypatch.setenv("AIS_APART_S", "0.15")
    reports, _ = run(replace(case, device_ids=("0", "1"), with_own_devices=True), Length(100, None, 1))
    for report in reports:
        assert (report.qps, report.qps_compute) == (None, None)
        assert {"devices-overlapped-partly", "no-summary"} <= codes(report)


def test_a_forced_run_mode_is_told(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIS_FAILS", "no-pkg-resources")
    (report,), _ = run(case)
    assert codes(report) == {"run-mode-forced"}


def test_zeros_are_told_and_other_data_are_not(case: ToolCase, run: Run) -> None:
    (report,), _ = run(with_options(case, pure_data_type="random"))
    assert report.warnings == ()


def test_zeros_are_told(case: ToolCase, run: Run) -> None:
    (report,), _ = run(case)
    assert [warning.code for warning in report.warnings] == ["zero-inputs"]


def test_builds_that_crash_without_pkg_resources_are_told(case: ToolCase, tmp_path: Path) -> None:
    words = (
        "UnboundLocalError: cannot access local variable 'aclruntime_version' where it is not associated with a value"
    )
    lines = (Line("Traceback (most recent call last):", "stderr"), Line(words, "stderr"))
    crashed = Captured(Command(("ais_bench",), tmp_path, "0"), lines, {}, 1)
    with pytest.raises(CaseFailed, match="setuptools below version 82") as caught:
        AisBench().parse(case, [crashed])
    assert caught.value.kind == "no-pkg-resources"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("[ERROR] arg0 tensorsize: 2408448 filesize: 602112 not match", "size-mismatch"),
        ("SetDevice failed.ret=507033", "bad-device"),
        ("RuntimeError: aipp model without aipp config!", "no-aipp-config"),
        ("ImportError: libascendcl.so: cannot open shared object file: No such file or directory", "no-cann"),
        ("OSError: [Errno 28] No space left on device", "disk-full"),
        ("__main__.py: error: unrecognized arguments: --display_all_summary 1", "bad-arguments"),
        ("ValueError: what nobody has seen yet", "vendor-exception"),
        ("", "exit"),
    ],
)
def test_words_that_are_known_have_names(case: ToolCase, tmp_path: Path, words: str, kind: str) -> None:
    failed = Captured(Command(("ais_bench",), tmp_path, "3"), (Line(words, "stderr"),), {}, 1)
    with pytest.raises(CaseFailed, match=r"^ais_bench on device 3 failed\. ") as caught:
        AisBench().parse(case, [failed])
    assert caught.value.kind == kind
    assert words[-20:] in str(caught.value)
