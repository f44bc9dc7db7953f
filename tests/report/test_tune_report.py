"""What is told of a search, made from the rows of its folder alone."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import yaml
from rows import Row, lost, row

from clipperf.analysis.tune_answer import Grid
from clipperf.profile import make_profile
from clipperf.report.tune_export import tune_csv, tune_json
from clipperf.report.tune_report import tune_notes, tune_text, write_tune
from clipperf.results.folder import RESULTS, create_folder
from clipperf.results.frame import read_rows
from clipperf.search.tune import answer_in
from clipperf.search.tune_wanted import make_wanted, stored

SIDES = {1: "default", 4: "runner-up", 8: "best"}


def measured(batch: int, qps: float, repeat: int, side: str | None = None, **columns: object) -> Row:
    told = {"qps_ci_low": qps * 0.99, "qps_ci_high": qps * 1.01, "window_s": 1.0, "requests_per_s": qps / batch}
    return row(batch, qps, repeat=repeat, side=side, **told, **columns)


def folder_of(tmp_path: Path, constraints: tuple[str, ...] = (), **columns: object) -> Path:
    """Three batches looked at, one that failed, and the second measurements of three."""
    rates = {1: 20.0, 4: 60.0, 8: 80.0}
    rows = [measured(batch, qps, 0, **columns) for batch, qps in rates.items()]
    rows.append(lost(16, error_kind="out-of-memory"))
    rows += [
        measured(batch, qps * shift, 1 + number, SIDES[batch], **columns)
        for number, shift in enumerate((1.0, 1.01, 0.99))
        for batch, qps in rates.items()
    ]
    profile = make_profile({"model": "any", "runner": "simulated", "batch": [1, 4, 8, 16, 32]}, {})
    wanted = make_wanted("qps", constraints, None, 3)
    with create_folder(tmp_path / "run") as folder:
        folder.begin(yaml.safe_dump(stored(wanted, profile)), {})
        for one in rows:
            folder.append(one)
        folder.save_searched(asdict(Grid(5, "case-1", 500.0, requests=400 if constraints else 0)))
    return folder.path


def test_the_best_is_told_with_what_it_was_held_against(tmp_path: Path):
    answer = answer_in(folder_of(tmp_path))
    assert answer is not None
    text = tune_text(answer)
    assert "Best is batch 8 with " in text
    assert "It measured 4 of 5 points, in 13 measurements of " in text
    assert "of what the whole grid would take." in text
    assert "out-of-memory" in text


def test_a_limit_that_is_missed_and_one_that_is_held(tmp_path: Path):
    held = answer_in(folder_of(tmp_path, ("device_memory<=8GB",), device_memory_mb=5e3))
    missed = answer_in(folder_of(tmp_path / "missed", ("device_memory<=4GB",), device_memory_mb=5e3))
    assert held is not None
    assert missed is not None
    assert held.chosen is not None
    assert (held.chosen.case_id, missed.chosen) == ("case-8", None)
    assert "with at least 400 requests of every point" in tune_text(held)


def test_the_same_for_machines(tmp_path: Path):
    answer = answer_in(folder_of(tmp_path))
    assert answer is not None
    told = json.loads(tune_json(answer))
    assert (told["chosen"], len(told["points"])) == ("case-8", 4)
    head, *lines = tune_csv(answer).splitlines()
    assert (head.split(",")[:2], len(lines)) == (["title", "case_id"], 3)


def test_the_report_is_written_again_from_the_folder(tmp_path: Path):
    path = folder_of(tmp_path)
    answer = answer_in(path)
    assert answer is not None
    write_tune(answer, path, tune_notes(read_rows(path / RESULTS)))
    assert "Best is batch 8 with " in (path / "tune.md").read_text(encoding="utf-8")


def test_other_folders_have_no_answer(tmp_path: Path):
    assert answer_in(tmp_path) is None
