"""Several cases at once on one device: their rows, what they say of each other, and one that fails."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clipperf.profile import make_profile
from clipperf.results.folder import RunFolder, create_folder
from clipperf.results.samples_file import read_samples
from clipperf.results.warning_cell import warnings_in
from clipperf.sweeping.bench import Bench
from clipperf.sweeping.display import Silent
from clipperf.sweeping.planning import make_plan
from clipperf.sweeping.run import prepare_all
from clipperf.sweeping.together import Part, measure_together

SHORT = {"runner": "simulated", "warmup": "20ms", "duration": 0.2, "control": False}


def parts_of(folder: RunFolder, profiles: Sequence[dict[str, Any]], repeat: int = 0) -> list[Part]:
    plans = [make_plan(make_profile({**SHORT, **keys}, {})) for keys in profiles]
    return [
        Part(
            plan.cases[0],
            repeat,
            place,
            partial(Bench, plan, prepare_all(plan, Silent()), folder, Silent()),
        )
        for place, plan in enumerate(plans)
    ]


def test_each_has_a_row_that_tells_of_the_other(tmp_path: Path):
    with create_folder(tmp_path / "run") as folder:
        parts = parts_of(folder, [{"model": "a", "batch": 4}, {"model": "b", "rate": [200.0]}])
        rows = measure_together(parts, folder.path)
    assert [row["model"] for row in rows] == ["a", "b"]
    assert {row["status"] for row in rows} == {"ok"}
    told = [next(one for one in warnings_in(row["warnings"]) if one["code"] == "neighbour") for row in rows]
    assert told[0]["sentence"].startswith("b at batch 1 at 200 requests/s ran on the same device meanwhile")
    assert told[1]["sentence"].startswith("a at batch 4 ran on the same device meanwhile")


def test_none_stops_before_the_window_of_the_last_is_over(tmp_path: Path):
    with create_folder(tmp_path / "run") as folder:
        short, long = parts_of(folder, [{"model": "a", "duration": 0.05}, {"model": "b", "duration": 0.4}])
        measure_together([short, long], folder.path)
        samples, inside = read_samples(folder.path, short.case.case_id, 0)
        others, window = read_samples(folder.path, long.case.case_id, 0)
    # It went on sending requests, none of which counts.
    assert samples.completed_ns[inside].max() < others.completed_ns[window].max() <= samples.completed_ns.max() + 50e6


def test_one_alone_is_an_ordinary_row(tmp_path: Path):
    with create_folder(tmp_path / "run") as folder:
        (row,) = measure_together(parts_of(folder, [{"model": "a"}]), folder.path)
    assert "neighbour" not in [one["code"] for one in warnings_in(row["warnings"])]


def test_a_tower_has_the_same_arrivals_alone_and_beside_and_others_than_its_neighbour(tmp_path: Path):
    with create_folder(tmp_path / "run") as folder:
        rates = [{"model": "a", "rate": [400.0]}, {"model": "b", "rate": [400.0]}]
        measure_together(parts_of(folder, rates)[1:], folder.path)
        measure_together(parts_of(folder, rates, repeat=1), folder.path)
        cases = [part.case.case_id for part in parts_of(folder, rates)]
        alone, beside, other = (
            read_samples(folder.path, cases[place], repeat)[0].scheduled_ns[:40]
            for place, repeat in ((1, 0), (1, 1), (0, 1))
        )
    gaps = [sorted(each.tolist())[20] - min(each.tolist()) for each in (alone, beside, other)]
    assert gaps[0] == gaps[1] != gaps[2]


@pytest.mark.parametrize("failing", [0, 1])
def test_where_one_fails_the_other_has_no_figures_either(tmp_path: Path, failing: int):
    profiles: list[dict[str, Any]] = [{"model": "a"}, {"model": "b"}]
    profiles[failing]["option"] = {"fail": ["raise"]}
    with create_folder(tmp_path / "run") as folder:
        rows = measure_together(parts_of(folder, profiles), folder.path)
    assert rows[failing]["status"] == "failed"
    assert "the simulated device failed" in rows[failing]["error"]
    assert (rows[1 - failing]["status"], rows[1 - failing]["error_kind"]) == ("failed", "neighbour-lost")


def test_two_models_on_one_core_share_it(tmp_path: Path):
    towers = [
        {"model": name, "runner": "onnxruntime", "device": "0", "batch": 8, "duration": 0.5}
        for name in ("tiny-vision", "tiny-text")
    ]
    with create_folder(tmp_path / "run") as folder:
        rows = measure_together(parts_of(folder, towers), folder.path)
    assert min(row["qps"] for row in rows) > 0
    # One core has 100 % to give, also where other programs take some of it; on one each they would have 200.
    assert sum(row["cpu_pct"] for row in rows) < 120
