"""Sophon's devices: what is read from bm-smi's texts and the driver's files, and that nothing else is."""

from __future__ import annotations

import re

import pytest
from device_programs import FIXTURES
from hypothesis import given
from hypothesis import strategies as st
from mutations import GARBAGE, mutated

from clipperf.monitors.bm_smi.driver_files import Usage, usage_in
from clipperf.monitors.bm_smi.table import table_in
from clipperf.monitors.bm_smi.text_lines import ChipLine, chips_in
from clipperf.monitors.device import DeviceProcess

FOLDER = FIXTURES / "bm-smi"
TEXTS = [path.read_text() for path in sorted(FOLDER.glob("text-*.txt"))]
TABLES = [path.read_text() for path in sorted(FOLDER.glob("table-*.txt"))]


def text(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text()


def test_a_line_for_each_chip_however_it_is_padded() -> None:
    assert chips_in(text("text-three")) == {
        "0": ChipLine(83, 4312, 66, "OK"),
        "1": ChipLine(0, 0, 58, "OK"),
        "2": ChipLine(100, 6544, 71, "OK"),
    }


def test_faults_and_what_is_not_there_are_no_numbers() -> None:
    assert chips_in(text("text-faults")) == {
        "3": ChipLine(None, 214, 47, "Fault"),
        "4": ChipLine(7, 31, None, "OK"),
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [(" 83% ", " 83 "), (" 83% ", " 183% "), (" 83% ", "  F  "), (" 66C ", " 266C "), ("4312MB", "9312MB")],
)
def test_a_number_without_its_unit_or_sense_is_none(old: str, new: str) -> None:
    whole, changed = chips_in(text("text-three"))["0"], chips_in(text("text-three").replace(old, new))["0"]
    assert {vars(changed)[name] for name in vars(whole) if vars(whole)[name] != vars(changed)[name]} == {None}


@pytest.mark.parametrize(
    "change", [(" OFF", ""), ("Active", "Active OK"), ("chip0: 0", "chip0: 0 0"), ("17:00.0", "17")]
)
def test_a_line_of_another_layout_is_not_read(change: tuple[str, str]) -> None:
    assert "0" not in chips_in(text("text-three").replace(*change, 1))


def test_a_chip_that_stands_there_twice_is_not_read() -> None:
    assert set(chips_in(text("text-three") + text("text-three").splitlines(keepends=True)[0])) == {"1", "2"}


def test_the_table_of_a_card_with_several_chips() -> None:
    table = table_in(text("table-pcie"))
    assert table.version == "0.5.1"
    assert table.rows == {"0": ChipLine(83, 4312, None, "OK"), "1": ChipLine(0, 0, None, "Fault")}
    assert table.processes == {
        "0": (DeviceProcess(40213, "python3 serve.py", 4096), DeviceProcess(40988, "bmrt_test", 212))
    }


def test_the_table_of_a_system_on_a_chip() -> None:
    table = table_in(text("table-soc"))
    assert (table.version, table.rows, table.processes) == ("0.4.9", {"0": ChipLine(100, 64, None, "OK")}, {})


@pytest.mark.parametrize("cut", ["\n\n\n", "|====", "|  TPU-ID", "| Processes"])
def test_a_block_of_processes_without_its_end_tells_nothing(cut: str) -> None:
    whole = text("table-soc")
    assert table_in(whole[: whole.rindex(cut)]).processes is None


def test_a_line_that_may_be_a_process_keeps_the_devices_from_being_free() -> None:
    whole = text("table-soc")
    assert table_in(whole.rstrip("\n") + "\n   0 python\n\n").processes is None


@pytest.mark.parametrize(("old", "new"), [("Tpu-Util", "Load"), ("Memory-Usage", "Memory"), ("Bus-ID", "Slot")])
def test_a_table_with_another_head_is_not_read(old: str, new: str) -> None:
    assert table_in(text("table-pcie").replace(old, new)).rows == {}


def test_two_tables_in_one_file_are_not_read() -> None:
    found = table_in(text("table-pcie") + text("table-soc"))
    assert (found.rows, found.processes) == ({}, None)


@given(mutated(TEXTS))
def test_no_number_comes_out_of_a_text_that_no_line_holds(mutated_text: str) -> None:
    held = {(chip.util_pct, chip.memory_mb, chip.temperature_c) for one in TEXTS for chip in chips_in(one).values()}
    parts = [set(values) | {None} for values in zip(*held, strict=True)]
    for chip in chips_in(mutated_text).values():
        for value, known in zip((chip.util_pct, chip.memory_mb, chip.temperature_c), parts, strict=True):
            assert value in known


@given(mutated(TABLES))
def test_no_number_comes_out_of_a_table_that_no_row_holds(mutated_text: str) -> None:
    everything = "\n".join(TABLES)
    utils = {None, *map(float, re.findall(r"([0-9]+)% \|", everything))}
    memories = {None, *map(float, re.findall(r" ([0-9]+)MB/", everything))}
    for row in table_in(mutated_text).rows.values():
        assert row.util_pct in utils
        assert row.memory_mb in memories


@given(GARBAGE)
def test_garbage_gives_nothing_and_raises_nothing(garbage: str) -> None:
    assert chips_in(garbage) == {}
    assert table_in(garbage).rows == {}
    assert usage_in(garbage).util_pct is None or "usage" in garbage


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        ("usage:87 avusage:3\n", Usage(87)),
        ('"usage": 87, "avusage": 3\n', Usage(87)),
        ("usage:0 avusage:0", Usage(0)),
        ("usage:90 avusage:3\nusage:20 avusage:1\n", Usage(55)),
        ("Please, set [Usage enable] to 1\n", Usage(is_off=True)),
        ("usage:101 avusage:3\n", Usage()),
        ("usage:-1 avusage:3\n", Usage()),
        ("usage:90 avusage:3\nusage: avusage:1\n", Usage()),
        ("usage:90\n", Usage()),
        ("avusage:90 usage:3\n", Usage()),
        ("", Usage()),
        (None, Usage()),
    ],
)
def test_both_forms_of_the_drivers_file(told: str | None, usage: Usage) -> None:
    assert usage_in(told) == usage


@given(mutated(["usage:87 avusage:3\n", '"usage": 87, "avusage": 3\n', "Please, set [Usage enable] to 1\n"]))
def test_no_other_number_comes_out_of_the_drivers_file(told: str) -> None:
    assert usage_in(told).util_pct in (None, 87)


@given(st.integers(0, 100), st.integers(0, 10**8))
def test_every_share_comes_back(util: int, average: int) -> None:
    assert usage_in(f"usage:{util} avusage:{average}\n") == usage_in(f'"usage": {util}, "avusage": {average}')
    assert usage_in(f"usage:{util} avusage:{average}\n").util_pct == util
