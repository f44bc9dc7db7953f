"""``clipperf provision`` as a user calls it: on files of rows, and on a device that both towers share."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from commands import called
from provisioning import ascend_910b4, made
from rows import Row, frame

from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows

MIX = ("--images-per-s", "1100", "--prompts-per-image", "5")
SLOS = ("--vision-slo", "p99<=50ms", "--text-slo", "p99<=20ms")


def file_of(path: Path, *rows: Row) -> Path:
    frame(*rows).to_csv(path, index=False)
    return path


@pytest.fixture
def towers(tmp_path: Path) -> Path:
    return file_of(tmp_path / "rows.csv", *ascend_910b4("vision"), *ascend_910b4("text"))


def test_a_file_of_rows_makes_a_plan(towers: Path, capsys: pytest.CaptureFixture[str]):
    code, out, err = called(capsys, "provision", "--vision", towers, "--text", towers, *MIX, *SLOS)
    assert (code, err) == (0, "")
    assert "vision: 6 devices at batch 8" in out
    assert "text: 2 devices at batch 32" in out
    assert "Counted from the lower bound of qps" in out


def test_formats_put_data_alone_on_stdout(towers: Path, capsys: pytest.CaptureFixture[str]):
    sources = ("--vision", towers, "--text", towers, *MIX, *SLOS)
    _, out, err = called(capsys, "provision", *sources, "--format", "csv")
    assert [record["devices"] for record in csv.DictReader(io.StringIO(out))] == ["6", "2"]
    assert "Counted from the lower bound of qps" in err
    _, out, err = called(capsys, "provision", *sources, "--format", "json", "--quiet")
    assert (json.loads(out)["devices"], err) == (8, "")
    _, out, _ = called(capsys, "provision", *sources, "--format", "github", "--quiet")
    assert "| batch size " in out


def test_one_tower_and_the_texts_of_no_image(towers: Path, capsys: pytest.CaptureFixture[str]):
    code, out, _ = called(capsys, "provision", "--text", towers, "--texts-per-s", "5500", "--format", "json")
    assert code == 0
    assert [tower["tower"] for tower in json.loads(out)["towers"]] == ["text"]


@pytest.mark.parametrize(
    ("slo", "code"),
    # A request takes 28 ms at batch 8 and 5.5 at batch 1.
    [("p99<=50ms", 0), ("p99<=5ms", 3)],
)
def test_the_gate(towers: Path, slo: str, code: int, capsys: pytest.CaptureFixture[str]):
    asked = ("--vision", towers, "--images-per-s", "1100", "--vision-slo", slo)
    assert called(capsys, "provision", *asked, "--fail-on", "missed")[0] == code
    assert called(capsys, "provision", *asked)[0] == 0


def test_the_gate_where_nobody_knows(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = file_of(tmp_path / "rows.csv", made("vision", 1, 10.0, latency_p99_high_ms=None))
    asked = ("--vision", rows, "--images-per-s", "10", "--vision-slo", "p99<=1s")
    assert called(capsys, "provision", *asked, "--fail-on", "missed")[0] == 4


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        ([], ["Give a measured curve, such as --vision RUNFOLDER"]),
        (["--vision", "ROWS"], ["--vision ROWS: say how many arrive by --images-per-s."]),
        (["--images-per-s", "3"], ["The vision tower needs a measured curve; give a run folder by --vision."]),
        (["--text", "ROWS", "--prompts-per-image", "3"], ["say how many images by --images-per-s."]),
        (
            ["--text", "ROWS", "--texts-per-s", "3", "--prompts-per-image", "3"],
            ["--prompts-per-image and --texts-per-s: both say how many texts arrive; give one of them."],
        ),
        (
            ["--vision", "ROWS", "--images-per-s", "3", "--vision-slo", "p99", "--headroom", "130%"],
            ["--vision-slo p99: give p50, p90, p95, p99, then <=", "--headroom 130%: give a share between 0 and 1"],
        ),
        (["--vision", "ROWS", "--images-per-s", "3", "--duration", "3"], ["--duration: nothing is measured without"]),
        (
            ["--resume", "there", "--colocate"],
            ["--resume there goes on with what is stored there; leave out --colocate"],
        ),
        (
            ["--vision", "/nowhere", "--images-per-s", "3"],
            ["--vision /nowhere: it is neither a run folder of clipperf"],
        ),
        (["--images-per-s", "0"], ["0.0 is not in the range 0<x<=10000000.0"]),
    ],
)
def test_what_is_asked_wrongly_is_told_at_once(
    towers: Path, arguments: list[str], messages: list[str], capsys: pytest.CaptureFixture[str]
):
    given = [argument.replace("ROWS", str(towers)) for argument in arguments]
    code, out, err = called(capsys, "provision", *given)
    assert (code, out) == (2, "")
    for message in messages:
        assert message.replace("ROWS", str(towers)) in err


def test_towers_on_one_device(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    curves, folder = tmp_path / "curves", tmp_path / "run"
    short = ("--iterations", "60", "--warmup", "20ms", "--no-control", "--quiet")
    device = ("--runner", "simulated", "--model", "vision,text", "--batch", "1,8", "--option", "execute_ms=1:2/8:4")
    assert called(capsys, "sweep", *device, *short, "--out", curves)[0] == 0
    asked = ("--vision", curves, "--text", curves, "--images-per-s", "100", "--texts-per-s", "100", "--colocate")
    code, out, err = called(capsys, "provision", *asked, "--pairs", "1", "--duration", "0.4", "--out", folder)
    assert code == 0
    assert "Both towers on one device, each at its share of the rate:" in out
    assert "Shared, 1 device can carry both towers, 1 fewer than apart." in out
    assert f"Run folder: {folder}" in err
    rows = read_rows(folder / RESULTS)
    assert sorted(zip(rows["side"], rows["model"], strict=True)) == [
        ("alone", "text"), ("alone", "vision"), ("beside", "text"), ("beside", "vision"),
    ]  # fmt: skip
    assert set(rows["offered_rate"]) == {100.0}
    # A finished run is told again, and nothing is measured twice.
    before = (folder / RESULTS).read_bytes()
    code, again, _ = called(capsys, "provision", "--resume", folder, "--quiet")
    assert (code, (folder / RESULTS).read_bytes()) == (0, before)
    assert again.partition("\n\ndevices ·")[0] == out.partition("\n\ndevices ·")[0]
