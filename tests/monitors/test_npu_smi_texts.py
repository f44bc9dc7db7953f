"""What is read from npu-smi's texts, and that nothing else is, whatever happened to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from device_programs import FIXTURES
from hypothesis import given
from hypothesis import strategies as st
from mutations import GARBAGE, mutated

from clipperf.monitors.device import DeviceProcess
from clipperf.monitors.npu_smi_map import Chip, chips_by_device
from clipperf.monitors.npu_smi_processes import processes_in
from clipperf.monitors.npu_smi_sections import NOTHING, sections_of
from clipperf.monitors.npu_smi_table import TableRow, table_in
from clipperf.monitors.npu_smi_values import (
    Capacity,
    capacity_in,
    health_in,
    memory_in,
    power_in,
    temperature_in,
    utilisation_in,
)

SCENES = FIXTURES / "npu-smi"
TOPICS = sorted(path for path in SCENES.glob("*/*-*.txt") if "proc-mem" not in path.name)
TABLES = [path.read_text() for path in sorted(SCENES.glob("*/info.txt"))]
MAPS = [path.read_text() for path in sorted(SCENES.glob("*/map.txt"))]


def text(scene: str, name: str) -> str:
    return (SCENES / scene / f"{name}.txt").read_text()


def values(scene: str, name: str, chip: str = "0"):
    return sections_of(text(scene, name), name.split("-")[-1]).chips[chip]


def test_keys_that_come_before_their_chip_id() -> None:
    assert capacity_in(values("910b4-busy", "usages-3")) == Capacity("hbm", 32768)
    assert utilisation_in(values("910b4-busy", "usages-3")) == 87
    assert temperature_in(values("910b4-idle", "temp-3")) == 35
    assert power_in(values("910b4-idle", "power-3")) == 83.4
    assert health_in(values("910b4-busy", "health-3")) == "Warning"


def test_keys_that_come_after_their_chip_id() -> None:
    found = values("910b4-busy", "common-3")
    assert (utilisation_in(found), temperature_in(found), power_in(found)) == (87, 52, 214.6)
    assert memory_in(found, Capacity("hbm", 32768)) == pytest.approx(32768 * 0.61)


def test_chips_of_a_board_are_kept_apart_and_its_controller_is_none_of_them() -> None:
    sections = sections_of(text("310p-duo", "common-1280"), "1280")
    assert [utilisation_in(sections.chips[chip]) for chip in "01"] == [72, 0]
    assert [temperature_in(sections.chips[chip]) for chip in "01"] == [58, 49]
    assert [power_in(sections.chips[chip]) for chip in "01"] == [None, None]
    assert power_in(sections.controller) == 63.7
    capacity = Capacity("ddr", 43693)
    usages = sections_of(text("310p-duo", "usages-1280"), "1280")
    assert [memory_in(usages.chips[chip], capacity) for chip in "01"] == pytest.approx([2621.58, 1310.79])


def test_a_rating_is_no_measured_power() -> None:
    for name in ("common-5", "power-5"):
        sections = sections_of(text("310", name), "5")
        assert {power_in(sections.chips[chip]) for chip in "0123"} == {None}
        assert power_in(sections.controller) == 54.3


def test_the_memory_is_that_which_holds_the_models() -> None:
    found = values("910", "usages-1")
    assert memory_in(found, capacity_in(found)) == pytest.approx(32768 * 0.27)
    found = values("310", "usages-5", "2")
    assert (capacity_in(found), memory_in(found, capacity_in(found))) == (Capacity("memory", 8192), 8192 * 0.29)


def test_a_rate_of_another_memory_is_not_taken() -> None:
    # The Memory Usage Rate of a 910B is 0 whatever its HBM holds; that of a 310P may be another than its DDR's.
    assert memory_in({"memory usage rate(%)": "0"}, Capacity("hbm", 32768)) is None
    assert memory_in(values("310p-duo", "common-1280"), Capacity("ddr", 43693)) is None


@pytest.mark.parametrize("told", ["-", "NA", "N/A", "", "Failed", "101", "-1", "12 %", "1e2", "７", "0x10"])
def test_what_is_no_share_is_not_read(told: str) -> None:
    line = f"\tAicore Usage Rate(%)           : {told}\n"
    head = "\tNPU ID                         : 3\n\tChip ID                        : 0\n"
    assert utilisation_in(sections_of(head + line, "3").chips["0"]) is None


def test_newer_and_older_keys() -> None:
    head = "\tNPU ID                         : 3\n\n\tChip ID                        : 0\n"
    found = sections_of(f"{head}\tNPU Utilization(%) : 44\n\tTemperature (C) : 61\n\tHealth : OK\n", "3").chips["0"]
    assert (utilisation_in(found), temperature_in(found), health_in(found)) == (44, 61, "OK")


def test_a_virtual_npu_has_no_health() -> None:
    assert health_in({"health status": "NA"}) is None


def test_a_text_about_another_npu_is_not_read() -> None:
    assert sections_of(text("910b4-busy", "common-3"), "4") == NOTHING


def test_a_section_or_a_key_that_stands_there_twice_is_not_read() -> None:
    common = text("910b4-busy", "common-3")
    chip = common[common.index("\tChip ID") : common.index("\tChip Name")]
    assert sections_of(common.replace(chip, chip + chip), "3").chips == {}
    line = "\tTemperature(C)                 : 52\n"
    twice = sections_of(common.replace(line, line + line.replace("52", "53")), "3").chips["0"]
    assert (temperature_in(twice), power_in(twice)) == (None, 214.6)


def test_the_numbers_of_the_chips() -> None:
    assert chips_by_device(text("910b4-idle", "map")) == {"0": Chip("3", "0")}
    assert chips_by_device(text("310p-duo", "map")) == {"0": Chip("1280", "0"), "1": Chip("1280", "1")}
    assert chips_by_device(text("310", "map"))["6"] == Chip("5", "2")
    assert chips_by_device(text("two-chips-table-only", "map")) == {"0": Chip("0", "0"), "1": Chip("0", "1")}


def test_a_map_with_a_column_of_another_name_is_not_read() -> None:
    assert chips_by_device(text("310", "map").replace("Chip ID", "Chip No")) == {}
    assert chips_by_device(text("310", "map").replace("Chip Logic ID", "Chip Phy-ID  ")) == {}


def test_a_device_that_is_mapped_twice_is_not_known() -> None:
    found = chips_by_device(
        text("310", "map") + text("910b4-idle", "map").replace("\t3  ", "\t8  ").replace("0 ", "4 ")
    )
    assert sorted(found) == ["5", "6", "7"]


def test_processes() -> None:
    assert processes_in(text("910b4-idle", "proc-mem-3-0"), "3", "0") == ()
    busy = processes_in(text("910b4-busy", "proc-mem-3-0"), "3", "0")
    assert busy == (DeviceProcess(71324, "train_worker", 19456), DeviceProcess(71399, "", 212))
    assert processes_in(text("310p-duo", "proc-mem-1280-1"), "1280", "1") == ()


@pytest.mark.parametrize(
    "told",
    ["", "\tNPU ID : 3\n", "\tNPU ID : 4\n\tNo process in device.\n", "\tNo process in device.", "Chip ID : 1\n"],
)
def test_no_word_of_processes_is_not_none_of_them(told: str) -> None:
    assert processes_in(told, "3", "0") is None


def test_a_line_that_may_be_a_process_keeps_a_device_from_being_free() -> None:
    unclear = "\tNPU ID : 3\n\tNo process in device.\n\tProcess(s) 71324 train_worker\n"
    assert processes_in(unclear, "3", "0") is None
    assert processes_in(unclear + "\tProcess id:5 Process name:a Process memory(MB):7\n", "3", "0") is not None


def test_the_table_of_a_910b() -> None:
    table = table_in(text("910b4-busy", "info"))
    assert table.version == "24.1.rc2"
    assert table.rows == {Chip("3", "0"): TableRow("Warning", 214.6, 52, 87, 20101)}
    assert table.processes_of(Chip("3", "0")) == (DeviceProcess(71324, "train_worker", 19456),)
    assert table_in(text("910b4-idle", "info")).processes_of(Chip("3", "0")) == ()


def test_the_table_with_a_second_id_and_without_hbm() -> None:
    table = table_in(text("310p3-table-only", "info"))
    assert table.rows[Chip("0", "0")] == TableRow("OK", 16.9, 46, 34, 1211)
    assert table.rows[Chip("1", "0")] == TableRow("OK", None, 44, 0, 1072)
    assert table.processes_of(Chip("0", "0")) is None
    chips = table_in(text("two-chips-table-only", "info")).rows
    assert [(chips[Chip("0", chip)].util_pct, chips[Chip("0", chip)].power_w) for chip in "01"] == [
        (12, 171.8),
        (0, None),
    ]


def test_the_table_of_any_width() -> None:
    busy = text("910b4-busy", "info")
    narrow = "\n".join("|".join(cell.strip() for cell in line.split("|")) for line in busy.splitlines()) + "\n"
    assert table_in(narrow).rows == table_in(re.sub(r" \|", "        |", busy)).rows == table_in(busy).rows


@pytest.mark.parametrize(
    ("old", "new"), [("AICore(%)", "NPU(%)"), ("Bus-Id ", "BusDev "), ("Power(W)", "Power"), ("| Chip ", "| Chips ")]
)
def test_a_table_with_another_head_is_not_read(old: str, new: str) -> None:
    assert table_in(text("910b4-busy", "info").replace(old, new)).rows == {}


def test_rows_without_a_head_are_not_read() -> None:
    rows = [line for line in text("910b4-busy", "info").splitlines(keepends=True) if "910B4" in line or "0000" in line]
    assert table_in("".join(rows)).rows == {}


def numbers_after(text: str, key: str) -> set[float]:
    """The numbers of all lines whose key holds ``key``."""
    return {float(number) for number in re.findall(rf"(?im){re.escape(key)}[^:\n]*:\s*([0-9.]+)\s*$", text)}


@given(st.data())
def test_no_number_comes_out_that_the_text_does_not_hold_for_its_key(data: st.DataObject) -> None:
    path: Path = data.draw(st.sampled_from(TOPICS))
    source, npu = path.read_text(), path.stem.split("-")[-1]
    sections = sections_of(data.draw(mutated([source])), npu)
    for found in (*sections.chips.values(), sections.controller, sections.chipless):
        assert utilisation_in(found) in {None, *numbers_after(source, "aicore usage rate")}
        powers = numbers_after(source, "npu real-time power") | numbers_after(source, "\tpower dissipation")
        assert power_in(found) in {None, *powers}
        assert temperature_in(found) in {None, *numbers_after(source, "temperature")}
        capacity = capacity_in(found)
        if capacity is not None:
            assert capacity.total_mb in numbers_after(source, f"{capacity.kind} capacity")
            rates = numbers_after(source, f"{capacity.kind} usage rate")
            assert memory_in(found, capacity) in {None, *(capacity.total_mb * rate / 100 for rate in rates)}


@given(mutated(TABLES))
def test_no_number_comes_out_of_a_table_that_no_row_holds(text: str) -> None:
    known = [row for table in TABLES for row in table_in(table).rows.values()]
    for row in table_in(text).rows.values():
        for name in ("util_pct", "memory_mb", "power_w", "temperature_c"):
            assert getattr(row, name) in {None, *(getattr(one, name) for one in known)}


@given(mutated(MAPS))
def test_no_device_is_mapped_to_a_chip_that_no_row_maps_it_to(text: str) -> None:
    known = {pair for one in MAPS for pair in chips_by_device(one).items()}
    assert set(chips_by_device(text).items()) <= known


@given(mutated([text("910b4-busy", "proc-mem-3-0")]))
def test_a_busy_device_never_looks_free(text: str) -> None:
    assert processes_in(text, "3", "0") != ()


@given(GARBAGE)
def test_garbage_gives_nothing_and_raises_nothing(text: str) -> None:
    for chips in (sections_of(text, "3").chips, chips_by_device(text), table_in(text).rows):
        assert len(chips) <= len(text)
    processes_in(text, "3", "0")
