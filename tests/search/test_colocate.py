"""A run with both towers on one device: what is measured, when it stops, and that it can be gone on with."""

from __future__ import annotations

from pathlib import Path

import pytest
from provisioning import made
from rows import frame

from clipperf.analysis.objective import MET, MISSED
from clipperf.analysis.provision_wanted import Wanted, WantedTower
from clipperf.errors import UsageError
from clipperf.results.folder import PROFILE, RESULTS
from clipperf.results.frame import read_rows
from clipperf.search.colocate import Lengths, answer_in, resume_colocated, start_colocated
from clipperf.sweeping.display import Silent


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Devices that say 3 ms for batch 1, and really take 30."""
    curves = [
        made(model, 1, 3.0, runner="simulated", runner_version="1", device="0", options='{"execute_ms": 30}')
        for model in ("vision", "text")
    ]
    frame(*curves).to_csv(tmp_path / "rows.csv", index=False)
    return tmp_path / "rows.csv"


def wanted(rows: Path, rate: float, slo: str | None) -> Wanted:
    return Wanted({name: WantedTower(rows, None, rate, slo) for name in ("vision", "text")}, 0.3, None)


def test_more_devices_are_tried_until_the_towers_are_well_and_never_more_than_apart(
    rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("clipperf.search.colocate_plans._WARMUP", "50ms")
    # 590 ÷ (0.7 × 333) is 2.5: three sets each apart, five to six together; each really takes 30 ms, so none keeps up.
    asked = wanted(rows, 540.0, "p50<=25ms")
    folder = start_colocated(asked, Lengths(1, 0.2), tmp_path / "run", Silent())
    answer = answer_in(folder, asked)
    assert [one.sets for one in answer.tried] == [5]
    assert (answer.tried[0].verdict, answer.shared) == (MISSED, None)
    whole = (folder / RESULTS).read_text().splitlines(keepends=True)
    assert [line.split(",")[4] for line in whole[1:]] == ["alone", "alone", "beside", "beside"]
    # A kill between the two rows of one measurement: it is measured again whole, and no row is lost or doubled.
    (folder / RESULTS).write_text("".join(whole[:4]))
    assert resume_colocated(folder, Silent()) == (folder, asked)
    told = read_rows(folder / RESULTS)
    assert sorted(zip(told["model"], told["repeat"], strict=True)) == [
        ("text", 0), ("text", 1), ("vision", 0), ("vision", 1),
    ]  # fmt: skip


def test_only_a_run_of_its_own_is_gone_on_with(rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("clipperf.search.colocate_plans._WARMUP", "20ms")
    asked = wanted(rows, 5.0, None)
    folder = start_colocated(asked, Lengths(1, 0.2), tmp_path / "run", Silent())
    assert answer_in(folder, asked).tried[0].verdict == MET
    for stored in ("model: any\n", "provision: 3\ncolocate: {}\n"):
        (folder / PROFILE).write_text(stored)
        with pytest.raises(UsageError, match="it was not begun by clipperf provision"):
            resume_colocated(folder, Silent())
