"""The simulated twins of devices of which one figure a batch size is published: what they come to without a clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sweeps import statuses, sweep
from twins import VACC_RUNTIMES, twin_cases, virtual_run

from clipperf.data import published
from clipperf.data.device_tables import device_tables
from clipperf.plan import Case
from clipperf.profile import read_profile

DEVICES = {
    "ascend-910b4": "Ascend910B4",
    "ascend-310p3": "Ascend310P3",
    "sophon-bm1684x": "BM1684X",
    "sophon-bm1688": "BM1688",
    "sophon-cv186x": "CV186X",
}
"""Published devices by the name of their table."""

PROFILES = {"sophon-bm1688": "sophon-bm1684x-simulated", "sophon-cv186x": "sophon-bm1684x-simulated"}
"""Of tables that have none of their own: that to which ``--option device_table`` gives them."""

FIGURES = {"ascend-910b4": 12, "ascend-310p3": 1, "sophon-bm1684x": 2, "sophon-bm1688": 2, "sophon-cv186x": 2}


def figures(table: str) -> dict[tuple[str, int], float]:
    """Samples/s by model, in our words, and batch size; where a time was published, what it comes to."""
    return {
        (row["model"].split()[0], int(row["batch_size"])): _samples_per_s(row)
        for row in published()
        if row["device"] == DEVICES[table]
    }


def _samples_per_s(row: dict[str, str]) -> float:
    return float(row["qps_compute"] or row["qps"] or 1e3 * int(row["batch_size"]) / float(row["latency_mean_ms"]))


def cases_of(table: str) -> list[Case]:
    return twin_cases(PROFILES.get(table, f"{table}-simulated"), option={"device_table": table})


def of_all_twins() -> Iterator[tuple[str, Case]]:
    for table in DEVICES:
        yield from ((table, case) for case in cases_of(table))


def test_every_table_has_its_device():
    assert set(device_tables()) == set(DEVICES) | set(VACC_RUNTIMES)


@pytest.mark.parametrize("table", DEVICES)
def test_a_twin_measures_every_published_figure_and_no_other(table: str):
    assert len(figures(table)) == FIGURES[table]
    assert {(case.model, case.batch_size) for case in cases_of(table)} == set(figures(table))


@pytest.mark.parametrize(
    ("table", "case"), list(of_all_twins()), ids=lambda one: one if isinstance(one, str) else one.case_id
)
def test_a_twin_comes_to_the_published_figure(table: str, case: Case):
    assert virtual_run(case).qps == pytest.approx(figures(table)[case.model, case.batch_size], rel=1e-4)


@pytest.mark.parametrize("table", [table for table in DEVICES if table.startswith("sophon")])
def test_a_twin_of_a_published_time_takes_that_time(table: str):
    for case in cases_of(table):
        published_ms = 1e3 / figures(table)[case.model, case.batch_size]
        assert list(virtual_run(case).latency_ms.values()) == pytest.approx([published_ms] * 5)


def test_a_twin_runs_through_the_whole_harness(tmp_path):
    frame = sweep(tmp_path / "run", **read_profile("ascend-310p3-simulated")[0] | {"duration": None, "iterations": 5})
    assert list(frame["status"]) == ["ok"]
    assert frame["latency_p50_ms"].iloc[0] >= 17.0097  # never faster than the device


def test_beyond_what_was_published_a_twin_refuses(tmp_path):
    option = {"device_table": "ascend-910b4"}
    frame = sweep(tmp_path / "run", model="vision", batch=[1, 3, 65], option=option)
    assert statuses(frame) == {1: "ok", 3: "ok", 65: "unsupported"}
    assert frame["error"].iloc[2] == (
        "--batch 65: --option device_table=ascend-910b4 has times of vision for batch sizes 1 to 64; beyond these it "
        "would be a guess."
    )
    frame = sweep(tmp_path / "other", model="vision-l14", option=option)
    assert statuses(frame) == {1: "unsupported"}
    assert frame["error"].iloc[0].endswith("has no time of this model; it has vision, text.")
