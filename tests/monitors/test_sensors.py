from __future__ import annotations

from pathlib import Path

from scenes import plant

from clipperf.monitors.frequency import fastest_mhz, parse_cpuinfo_mhz
from clipperf.monitors.temperature import Temperature, processor_temperatures, thermal_throttles

CPUINFO = "processor\t: 0\ncpu MHz\t\t: 2600.000\nflags\t\t: fpu {}\n\nprocessor\t: 1\ncpu MHz\t\t: 3100.5\n"


def test_the_fastest_core_counts_since_idle_ones_rest(tmp_path: Path) -> None:
    plant("clock-falls", tmp_path)
    assert fastest_mhz([0, 3], tmp_path / "after") == 2600
    assert fastest_mhz([3], tmp_path / "after") == 800


def test_a_clock_that_the_kernel_only_repeats_is_none(tmp_path: Path) -> None:
    assert parse_cpuinfo_mhz(CPUINFO.format("tsc"), [0, 1]) == []
    assert parse_cpuinfo_mhz(CPUINFO.format("tsc aperfmperf"), [0, 1]) == [2600, 3100.5]
    assert parse_cpuinfo_mhz(CPUINFO.format("aperfmperf"), [1]) == [3100.5]
    assert fastest_mhz([0], tmp_path) is None


def test_only_the_processor_is_asked_and_senseless_limits_are_none(tmp_path: Path) -> None:
    plant("clock-falls", tmp_path)
    # Not the NVMe drive at 99 °C; temp2 has a limit of 65261.85 °C.
    assert processor_temperatures(tmp_path / "before") == [Temperature(71, 100), Temperature(70, None)]


def test_without_hwmon_the_thermal_zones_tell(tmp_path: Path) -> None:
    plant("zones", tmp_path)
    assert processor_temperatures(tmp_path / "before") == [Temperature(61.5, 95)]


def test_throttling_by_heat_is_that_of_the_cores_and_their_package(tmp_path: Path) -> None:
    plant("clock-falls", tmp_path)
    assert thermal_throttles([0, 3], tmp_path / "before") == 27
    assert thermal_throttles([3], tmp_path / "before") is None
