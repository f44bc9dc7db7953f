"""Which rows make the curve of a tower, and which are refused because they would be mixed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from provisioning import curve, made
from rows import Row, lost

from clipperf.analysis.provision_answer import check_scopes
from clipperf.analysis.provision_curve import curve_of
from clipperf.errors import UsageError

VISION, TEXT = made("vit-vision", 8, 20.0), made("vit-text", 8, 5.0)


def refused(rows: list[Row], model: str | None = None) -> str:
    with pytest.raises(UsageError) as told:
        curve_of("vision", rows, lambda _: None, model)
    return str(told.value)


def test_a_folder_with_both_towers_gives_each_its_own():
    assert curve([VISION, TEXT]).row["model"] == "vit-vision"
    assert curve([VISION, TEXT], "text").row["model"] == "vit-text"
    assert curve_of("text", [VISION, TEXT], lambda _: None, "vit-vision").row["model"] == "vit-vision"
    # Whatever the only model is called, it is the one that was meant.
    assert curve([made("clip-a", 8, 20.0)]).row["model"] == "clip-a"


def test_models_that_cannot_be_told_apart_are_refused():
    rows = [made("clip-a", 8, 20.0), made("clip-b", 8, 20.0)]
    assert "it has rows of clip-a, clip-b; name the model of this tower by --vision-model." in refused(rows)
    assert "name the model" in refused([VISION], "vit_vision")
    assert refused([]).startswith("--vision: it has no rows;")


@pytest.mark.parametrize(
    ("column", "other"),
    [("scope", "compute"), ("precision", "fp16"), ("host", "other"), ("runner_version", "2"), ("measured_by", "x 1")],
)
def test_rows_of_different_kind_make_no_curve(column: str, other: str):
    told = refused([VISION, {**made("vit-vision", 16, 40.0), column: other}])
    assert f"its rows differ in {column} (" in told
    assert other in told


def test_the_scopes_of_two_towers_are_never_mixed():
    vision, text = curve([VISION]), curve([{**TEXT, "scope": "pipeline"}], "text")
    plans: Any = [type("Plan", (), {"curve": one})() for one in (vision, text)]
    with pytest.raises(UsageError, match=r"vision of scope host, text of scope pipeline\), and scopes are never mixed"):
        check_scopes(plans)
    check_scopes(plans[:1])


def test_throughput_that_was_derived_from_device_time_is_no_promise():
    derived = {**VISION, "qps": None, "qps_compute": 285.0, "scope": "compute"}
    told = refused([derived])
    assert "its rows have qps_compute alone" in told
    assert "clipperf sweep, at scope host" in told


def test_rows_beside_a_neighbour_and_rows_without_figures_are_no_part_of_the_curve():
    neighbour = [{"code": "neighbour", "sentence": "", "remedy": ""}]
    beside = {**made("vit-vision", 16, 40.0), "warnings": json.dumps(neighbour)}
    found = curve([VISION, beside, lost(32, model="vit-vision")])
    assert [one.batch_size for one in found.configurations] == [8]
    assert [reason for _, reason in found.left_out] == ["failed"]
    assert "no row tells what can be deployed" in refused([beside])


def test_repeats_of_a_case_are_one_configuration():
    slower = {**made("vit-vision", 8, 25.0), "repeat": 1}
    (one,) = curve([VISION, slower]).configurations
    # 400 and 320 samples/s: the geometric mean, and an interval that has to allow for both.
    assert one.block.qps.value == pytest.approx((400 * 320) ** 0.5)
    assert one.block.qps.low < 320
    assert one.block.runs == 2


def test_throughput_without_a_lower_bound_counts_no_devices():
    assert "no row bounds its throughput from below" in refused([{**VISION, "qps_ci_low": None}])
