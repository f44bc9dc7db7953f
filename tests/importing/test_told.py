"""What the flags say beside a log: they fill in what it leaves out, and may not say otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.errors import ProfileError
from clipperf.importing.told import Told, completed, pattern_of
from clipperf.measure.row_warning import RowWarning
from clipperf.tools.base import Report

SAID: dict[str, Any] = {
    "precision": "fp16", "device": "3", "instances": 2, "queue_depth": 4, "runner_version": "1.7",
    "driver_version": "24.1",
}  # fmt: skip


def test_flags_fill_in_what_the_log_leaves_out():
    told = Told(model="vision", options={"optim_level": 1}, host="ascend", **SAID)
    report = completed(Report("compute", options={"threads": 2}), told, 8, "a.log")
    assert {name: getattr(report, name) for name in SAID} == SAID
    assert (report.model, report.batch_size) == ("vision", 8)
    assert report.options == {"optim_level": 1, "threads": 2}


def test_flags_that_say_the_same_are_fine():
    report = Report("compute", batch_size=8, model="/a/vit.om", options={"threads": 2}, **SAID)
    assert completed(report, Told(model="/b/vit.om", options={"threads": 2}, **SAID), 8, "a.log") == replace(
        report, model="/b/vit.om"
    )
    assert completed(report, Told(), None, "a.log") == report


def test_every_contradiction_is_named_with_its_flag():
    report = Report("compute", batch_size=8, model="vit.om", options={"threads": 2}, **SAID)
    other = Told("other.om", "fp32", "0", 1, 1, "", "2.0", "25", {"threads": 1})
    with pytest.raises(ProfileError) as caught:
        completed(report, other, 4, "a.log")
    flags = ["--batch 4", "--precision fp32", "--device 0", "--instances 1", "--queue-depth 1", "--runner-version 2.0"]
    flags += ["--driver-version 25", "--option threads=1", "--model other.om"]
    values = ["8", "fp16", "3", "2", "4", "1.7", "24.1", "2", "vit.om"]
    assert list(caught.value.problems) == [
        f"a.log: {flag} was given, but the log says {value}; leave the flag out, or import this file by itself."
        for flag, value in zip(flags, values, strict=True)
    ]


@pytest.mark.parametrize(
    ("told", "fits"),
    [("vit_bs{batch}.om", True), ("x/vit_bs{batch}.om", True), ("vit_bs8.om", True), ("vision", True),
     ("my own name", True), ("vit_bs4.om", False), ("vit{batch}.om", False), ("x/vision", False)],
)  # fmt: skip
def test_a_model_is_the_file_of_the_log_its_pattern_or_a_name_for_what_it_holds(told: str, fits: bool):
    report = Report("compute", batch_size=8, model="/home/me/vit_bs8.om")
    if fits:
        assert completed(report, Told(model=told), None, "a.log").model == told
    else:
        with pytest.raises(ProfileError, match=r"but the log says /home/me/vit_bs8\.om"):
            completed(report, Told(model=told), None, "a.log")


def test_with_the_batch_size_requests_become_samples():
    unknown = (RowWarning("batch-unknown", "So there is no qps here.", ""), RowWarning("other", "", ""))
    report = completed(Report("host", requests_per_s=100.0, warnings=unknown), Told(), 32, "a.log")
    assert (report.qps, [warning.code for warning in report.warnings]) == (3200.0, ["other"])
    assert completed(Report("host", requests_per_s=100.0, warnings=unknown), Told(), None, "a").warnings == unknown
    assert completed(Report("host", requests_per_s=100.0, qps=99.0), Told(), 32, "a.log").qps == 99.0


def test_pattern_of_files_that_differ_in_their_batch_size():
    assert pattern_of({1: "/m/vit_b_32_bs1.om", 32: "/m/vit_b_32_bs32.om"}) == "vit_b_32_bs{batch}.om"
    assert pattern_of({1: "a.om", 2: "b.om"}) == ""
    assert pattern_of({1: "vit.om", 8: "vit.om"}) == ""
    assert pattern_of({1: "vit1.om", 8: ""}) == ""
    assert pattern_of({}) == ""


@given(
    st.from_regex(r"[a-z_]{0,4}[0-9]{0,3}[a-z_]{1,4}", fullmatch=True),
    st.sets(st.integers(1, 999), min_size=2, max_size=5),
)
def test_a_pattern_gives_every_file_it_came_from(stem: str, sizes: set[int]):
    models = {size: f"{stem}{size}.om" for size in sizes}
    pattern = pattern_of(models)
    assert pattern in ("", f"{stem}{{batch}}.om")
    assert not pattern or all(pattern.replace("{batch}", str(size)) == model for size, model in models.items())
