"""Cambricon's devices: what is read from cnmon's table and file, and that nothing else is."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from device_programs import FIXTURES, cnmon, install, without_programs
from hypothesis import given
from hypothesis import strategies as st
from mutations import GARBAGE, mutated

from clipperf.monitors.cnmon import Cnmon
from clipperf.monitors.cnmon_json import cards_in
from clipperf.monitors.cnmon_table import CardRow, card_table_in
from clipperf.monitors.device import DeviceProcess

FOLDER = FIXTURES / "cnmon"
TABLES = [path.read_text() for path in sorted(FOLDER.glob("v*.txt"))]
INFO = (FOLDER / "info.json").read_text()


def table(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text()


def test_the_table_of_version_5() -> None:
    found = card_table_in(table("v5-busy"))
    assert found.version == "5.10.22"
    assert found.rows == {"0": CardRow(97, 18240, 71, 61), "1": CardRow(0, 0, 22, 38)}
    assert found.processes == {"0": (DeviceProcess(40213, "python serve.py --port 80", 18112),)}


def test_the_table_of_version_4_without_the_cards_that_are_split() -> None:
    found = card_table_in(table("v4-busy"))
    assert found.version == "4.20.18"
    assert found.rows == {"0": CardRow(88, 9127, 121, 54), "2": CardRow(0, 0, 27, 35)}
    assert found.processes == {"0": (DeviceProcess(9120, "./mm_run --magicmind_model clip.model", 9100),)}


def test_what_is_not_available_is_not_read() -> None:
    found = card_table_in(table("v5-idle"))
    assert found.rows["1"] == CardRow(0, 0, None, 38)
    assert found.processes == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [("Util ", "Load "), ("Pwr:Usage/Cap", "Pwr:Cap/Usage"), ("Memory-Usage", "Memory-Free "), (" VF ", " SN ")],
)
def test_a_table_with_another_head_is_not_read(old: str, new: str) -> None:
    assert card_table_in(table("v5-busy").replace(old, new)).rows == {}


@pytest.mark.parametrize("cut", ["No running", "| Processes", "+---"])
def test_a_block_of_processes_without_its_end_tells_nothing(cut: str) -> None:
    text = table("v5-idle")
    assert card_table_in(text[: text.rindex(cut)]).processes is None


def test_a_line_that_may_be_a_process_keeps_the_cards_from_being_free() -> None:
    text = table("v5-idle").replace("|  No running", "|  0   40213 python\n|  No running")
    assert card_table_in(text).processes is None


def test_the_file() -> None:
    assert cards_in(INFO) == {"0": CardRow(41, 5120, None, 47), "1": CardRow(None, None, None, None)}


@pytest.mark.parametrize(
    "value", ["41", 41.5e9, -1, True, None, [41], {"value": 41}, float("nan"), float("inf"), 10**400]
)
def test_a_value_of_another_type_or_range_is_not_read(value: object) -> None:
    document = json.loads(INFO)
    document["CnmonInfo"][0]["Utilization"]["MLUAverage"] = value
    assert cards_in(json.dumps(document))["0"].util_pct is None


def test_a_card_that_stands_there_twice_is_not_read() -> None:
    document = json.loads(INFO)
    document["CnmonInfo"][1]["CardNum"] = 0
    assert cards_in(json.dumps(document)) == {}


@given(mutated(TABLES))
def test_no_number_comes_out_of_a_table_that_no_row_holds(text: str) -> None:
    everything = "\n".join(TABLES)
    held = {
        "util_pct": r"([0-9]+)% +N/A",
        "memory_mb": r"([0-9]+) MiB/",
        "power_w": r"([0-9]+) W/",
        "temperature_c": r"([0-9]+)C ",
    }
    for row in card_table_in(text).rows.values():
        for name, pattern in held.items():
            assert getattr(row, name) in {None, *map(float, re.findall(pattern, everything))}


@given(st.one_of(GARBAGE, mutated([INFO]), st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps)))
def test_garbage_gives_nothing_and_raises_nothing(text: str) -> None:
    for row in cards_in(text).values():
        assert row.util_pct in (None, 41)
        assert row.memory_mb in (None, 5120)
        assert row.temperature_c in (None, 47)
    card_table_in(text)


def test_one_question_reads_all_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cnmon("v4-busy", tmp_path, monkeypatch)
    look = Cnmon({}).read(["0", "2"])
    assert [look.readings[card].power_w for card in ("0", "2")] == [121, 27]
    assert [len(look.readings[card].processes or ()) for card in ("0", "2")] == [1, 0]
    assert look.problem == ""
    assert 0 < look.processor_s < 5


def test_a_card_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cnmon("v4-busy", tmp_path, monkeypatch)
    look = Cnmon({}).read(["0", "1", "7"])
    assert list(look.readings) == ["0"]
    assert "device 1, 7" in look.problem


def test_visible_devices_are_counted_from_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cnmon("v4-busy", tmp_path, monkeypatch)
    look = Cnmon({"MLU_VISIBLE_DEVICES": "2, 0"}).read(["0", "1"])
    assert [look.readings[device].power_w for device in "01"] == [27, 121]
    assert Cnmon({"MLU_VISIBLE_DEVICES": "card2"}).read(["0"]).readings == {}


def test_the_file_serves_where_the_table_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = install("cnmon", tmp_path, monkeypatch)
    (scene / "table.txt").write_text("CNMON v7.0\nCard 0: 41 %\n")
    shutil.copy(FOLDER / "info.json", scene)
    monkeypatch.chdir(tmp_path)
    look = Cnmon({}).read(["0"])
    reading = look.readings["0"]
    assert (reading.util_pct, reading.memory_mb, reading.power_w, reading.processes) == (41, 5120, None, None)
    assert not list(tmp_path.glob("*.json")), "the file belongs into a folder of its own"
    assert Cnmon({}).probe().devices == ("0", "1")


def test_a_program_that_fails_is_told_with_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install("cnmon", tmp_path, monkeypatch)
    assert Cnmon({}).read(["0"]).problem == "cnmon: exit code 1, Failed to open the driver."
    facts = Cnmon({}).probe()
    assert (facts.is_installed, facts.devices) == (True, ())
    assert "Failed to open the driver" in facts.problem


def test_a_program_that_prints_without_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = cnmon("v4-busy", tmp_path, monkeypatch)
    (scene / "chatter").touch()
    assert "bytes" in Cnmon({}).read(["0"]).problem


def test_where_it_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_programs(tmp_path, monkeypatch)
    assert not Cnmon({}).probe().is_installed
    look = Cnmon({}).read(["0"])
    assert (look.is_last, look.readings) == (True, {})
    assert look.problem == "cnmon is not on PATH."
