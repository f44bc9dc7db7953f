"""The simulated twins of published devices: their tables, and what they come to on a host that loses no time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sweeps import statuses, sweep

from clipperf.data import published
from clipperf.data.device_tables import device_tables
from clipperf.plan import Case, expand
from clipperf.profile import make_profile, read_profile
from clipperf.runners.base import OpenSpec
from clipperf.runners.simulated import SimulatedRunner

DEVICES = {"ascend-910b4": "Ascend910B4", "ascend-310p3": "Ascend310P3"}
"""Published devices by the name of their table."""

FIGURES = {"ascend-910b4": 12, "ascend-310p3": 1}
MS = 1_000_000


def figures(table: str) -> dict[tuple[str, int], float]:
    """Samples/s by model, in our words, and batch size."""
    rows = [row for row in published() if row["device"] == DEVICES[table]]
    return {(row["model"].split()[0], int(row["batch_size"])): float(row["qps_compute"] or row["qps"]) for row in rows}


def twin_cases(table: str) -> list[Case]:
    keys, _ = read_profile(f"{table}-simulated")
    return expand(make_profile(keys, {}), ["0"], {model: "fp32" for model, _ in figures(table)})


def samples_per_s(case: Case, requests: int = 50) -> float:
    """What the case comes to where every completion is answered at once by the next request."""
    options = dict(case.options)
    runner = SimulatedRunner()
    runner.check_options(options)
    spec = OpenSpec(case.model, "0", "fp32", "host", None, case.queue_depth, options)
    device = runner.open(spec).slots[0]._device
    free = [MS] * case.queue_depth
    ended = []
    for _ in range(requests):
        slot = free.index(min(free))
        free[slot] = device.submit(free[slot], case.batch_size)
        ended.append(free[slot])
    return case.batch_size * (requests - 1) / (ended[-1] - ended[0]) * 1e9


def of_all_twins() -> Iterator[tuple[str, Case]]:
    for table in DEVICES:
        yield from ((table, case) for case in twin_cases(table))


def test_every_table_has_its_device_and_its_profile():
    assert set(device_tables()) == set(DEVICES)


@pytest.mark.parametrize("table", DEVICES)
def test_a_twin_measures_every_published_figure_and_no_other(table: str):
    assert len(figures(table)) == FIGURES[table]
    assert {(case.model, case.batch_size) for case in twin_cases(table)} == set(figures(table))


@pytest.mark.parametrize(
    ("table", "case"), list(of_all_twins()), ids=lambda one: one if isinstance(one, str) else one.case_id
)
def test_a_twin_comes_to_the_published_figure(table: str, case: Case):
    assert samples_per_s(case) == pytest.approx(figures(table)[case.model, case.batch_size], rel=1e-4)


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
