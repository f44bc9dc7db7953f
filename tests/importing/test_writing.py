"""From files to a run folder: all or nothing, repeats numbered, sources kept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from clipperf.errors import ProfileError, UsageError
from clipperf.importing.told import Told
from clipperf.importing.writing import read_logs, write_folder
from clipperf.results.folder import ENVIRONMENT, RESULTS
from clipperf.results.frame import read_rows
from clipperf.results.samples_file import read_samples
from tests.importing.fake_log import line


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_run_folder_of_several_files(here: Path, fake: str):
    durations = [5.0, 5.1, 4.9, 5.05]
    (here / "a.log").write_text(
        line(batch_size=4, qps_compute=800.0) + line(batch_size=8, durations_ms=durations, requests=4), encoding="utf-8"
    )
    (here / "b.log").write_text(line(batch_size=4, qps_compute=790.0), encoding="utf-8")
    imported = read_logs(fake, ["a.log", "b.log"], [], Told(host="ascend"))
    folder = write_folder(imported, here / "run")

    frame = read_rows(folder / RESULTS)
    assert list(zip(frame["batch_size"], frame["repeat"], strict=True)) == [(4, 0), (8, 0), (4, 1)]
    assert frame["run_id"].unique() == ["run"]
    assert list(frame["measured_by"].unique()) == ["fake_bench"]
    assert frame["started_at"].isna().all()

    samples, inside = read_samples(folder, frame["case_id"][1], 0)
    assert inside.all()
    assert np.allclose(samples.latency_ns / 1e6, durations)
    assert len(list((folder / "samples").iterdir())) == 1

    stored = json.loads((folder / ENVIRONMENT).read_text(encoding="utf-8"))
    assert set(stored) == {"clipperf", "imported"}, "nothing of this host, which did not measure"
    files = stored["imported"]["files"]
    assert [file["stored"] for file in files] == ["sources/1-a.log", "sources/2-b.log"]
    assert [len(file["rows"]) for file in files] == [2, 1]
    assert (folder / "sources" / "1-a.log").read_bytes() == (here / "a.log").read_bytes()


def test_every_problem_is_told_and_nothing_is_written(here: Path, fake: str):
    (here / "good.log").write_text(line(batch_size=4), encoding="utf-8")
    (here / "none.log").write_text("", encoding="utf-8")
    (here / "odd.log").write_text(line(batch_size=4, label="run 2", qps_compute=-1.0), encoding="utf-8")
    names = ["gone.log", "none.log", "good.log", "odd.log"]
    with pytest.raises(ProfileError) as caught:
        read_logs(fake, names, [], Told(precision="fp16", device="1", model="x.om"))
    assert list(caught.value.problems) == [
        "gone.log: it cannot be read (No such file or directory).",
        "none.log: it has no measurement of fake_bench.",
        "odd.log (run 2): it has a figure of -1, which is no time and no rate; give the log as it was written.",
    ]
    with pytest.raises(ProfileError, match=r"good\.log: --batch 8 was given, but the log says 4"):
        read_logs(fake, ["good.log"], [8], Told())
    assert sorted(path.name for path in here.iterdir()) == ["good.log", "none.log", "odd.log"]


def test_measurements_that_nobody_can_tell_apart_are_no_repeats(here: Path, fake: str):
    (here / "a.log").write_text(line(qps_compute=1.0), encoding="utf-8")
    (here / "b.log").write_text(line(qps_compute=9.0), encoding="utf-8")
    with pytest.raises(UsageError, match=r"^a\.log, b\.log: neither .* batch size of 2 measurements"):
        read_logs(fake, ["a.log", "b.log"], [], Told())
    assert len(read_logs(fake, ["a.log", "b.log"], [4], Told()).rows) == 2
    assert len(read_logs(fake, ["a.log"], [], Told()).rows) == 1


def test_a_summary_joins_its_log(here: Path, fake: str):
    figures = {"vendor_qps": 800.25, "vendor_latency_mean_ms": 4.9984}
    (here / "a.log").write_text(line(batch_size=4, vendor=figures), encoding="utf-8")
    (here / "a.json").write_text(line(durations_ms=[4.9984] * 3, vendor=figures, requests=3), encoding="utf-8")
    imported = read_logs(fake, ["a.log", "a.json"], [], Told())
    (row,) = imported.rows
    assert (row.columns["batch_size"], row.columns["requests"], imported.sources) == (4, 3, ((0, 1),))


@pytest.mark.parametrize(
    ("models", "told", "hint"),
    [
        (("/m/vit_bs4.om", "/m/vit_bs8.om"), "", "vit_bs{batch}.om"),
        (("/m/vit_bs4.om", "/m/vit_bs8.om"), "vision", ""),
        (("vit.om", "vit.om"), "", ""),
        (("a.om", "b.om"), "", ""),
    ],
)
def test_files_of_one_model_each_get_a_hint(here: Path, fake: str, models, told: str, hint: str):
    text = line(batch_size=4, model=models[0]) + line(batch_size=8, model=models[1])
    (here / "a.log").write_text(text, encoding="utf-8")
    found = read_logs(fake, ["a.log"], [], Told(model=told)).hint
    assert (hint in found) if hint else found == ""


def test_odd_names_of_files_are_kept_harmless(here: Path, fake: str):
    (here / "a b;ü.log").write_text(line(batch_size=4), encoding="utf-8")
    folder = write_folder(read_logs(fake, ["a b;ü.log"], [], Told()), here / "run")
    assert [path.name for path in (folder / "sources").iterdir()] == ["1-a_b_.log"]
