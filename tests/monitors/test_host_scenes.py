"""Which warnings a row would carry, decided on recorded and hand-made texts of /proc and /sys."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenes import plant, readings_of

from clipperf.measure import host_checks
from clipperf.measure.row_warning import RowWarning
from clipperf.monitors.host_readings import HostReadings


def warnings_of(readings: HostReadings) -> list[str]:
    """The codes of all warnings that the readings of a window give."""
    found: list[RowWarning | None] = [
        host_checks.check_others(readings.other_share, readings.resolution_share, readings.cores),
        host_checks.check_steal(readings.steal_share, readings.resolution_share),
        host_checks.check_throttling(readings.throttled_periods, readings.throttled_s),
        host_checks.check_frequency(readings.frequency_min_mhz, readings.frequency_max_mhz),
        host_checks.check_swap(readings.swapped_in_pages, readings.swapped_out_pages),
        host_checks.check_heat(readings.temperature_c, readings.temperature_margin_c, readings.thermal_throttles),
        host_checks.check_monitor_cost(readings.own_cost_share),
    ]
    return [warning.code for warning in found if warning is not None]


@pytest.mark.parametrize(
    ("scene", "codes"),
    [
        ("recorded-alone", []),
        ("recorded-burner", ["host-busy"]),
        ("steal", ["steal"]),
        ("swap", ["swap"]),
        ("quota-v1", ["throttled"]),
        ("quota-v2", ["throttled"]),
        ("no-limit-v1", []),
        ("clock-falls", ["frequency-change", "hot"]),
        ("zones", []),
        ("not-counting", []),
    ],
)
def test_each_disturbance_gives_its_own_warning_and_no_other(scene: str, codes: list[str], tmp_path: Path) -> None:
    assert warnings_of(readings_of(scene, tmp_path)) == codes


def test_a_worker_that_works_between_the_ticks_is_not_taken_for_others(tmp_path: Path) -> None:
    # The kernel's sampled columns of this very recording hold no trace of half a core's work.
    readings = readings_of("recorded-alone", tmp_path)
    assert readings.cpu_pct == pytest.approx(50, abs=5)
    assert readings.other_share == pytest.approx(0, abs=readings.resolution_share)


def test_a_burner_is_one_of_the_two_cores(tmp_path: Path) -> None:
    readings = readings_of("recorded-burner", tmp_path)
    assert readings.other_share == pytest.approx(0.5, abs=0.02)


def test_others_are_held_against_the_cores_of_the_devices(tmp_path: Path) -> None:
    readings = readings_of("steal", tmp_path, cores=(0,))
    assert readings.cores == 1
    # 1000 ticks of core 0: 5 idle, 40 stolen, 955 worked, of which 954 by the worker and 1 by the command.
    assert readings.steal_share == pytest.approx(0.04)
    assert readings.other_share == pytest.approx(0.0, abs=1e-9)
    assert readings.cpu_pct == pytest.approx(95.4)
    both = readings_of("steal", tmp_path, cores=(0, 1))
    assert both.steal_share == pytest.approx(0.02)


def test_a_core_number_that_the_host_does_not_list_means_all_cores(tmp_path: Path) -> None:
    assert readings_of("steal", tmp_path, cores=(17,)) == readings_of("steal", tmp_path, cores=(0, 1))


def test_a_worker_that_is_gone_leaves_its_figures_empty(tmp_path: Path) -> None:
    plant("steal", tmp_path)
    readings = readings_of("steal", tmp_path, pids=(100, 4711))
    assert readings.cpu_pct is None
    assert readings.other_share is None
    assert readings.steal_share is not None


def test_what_a_worker_starts_is_watched_too(tmp_path: Path) -> None:
    # Another program that works, first unknown to us, then as a child of the worker.
    plant("recorded-burner", tmp_path)
    others_alone = readings_of("recorded-burner", tmp_path).other_share
    for end, ticks in (("before", 0), ("after", 300)):
        children = tmp_path / end / "proc/100/task/100/children"
        children.parent.mkdir(parents=True)
        children.write_text("200 ")
        (tmp_path / end / "proc/200").mkdir()
        stat = f"200 (child) R 100 18253 1 0 -1 0 1 0 0 0 {ticks} 0 0 0 20 0 1 0 387325 14340096 2694 0"
        (tmp_path / end / "proc/200/stat").write_text(stat)
    readings = readings_of("recorded-burner", tmp_path)
    assert others_alone == pytest.approx(0.5, abs=0.02)
    assert readings.other_share == pytest.approx(0.0, abs=0.02)
    assert readings.cpu_pct == pytest.approx(150, abs=8)


def test_a_host_without_any_file_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    readings = readings_of("zones", tmp_path / "empty")
    assert readings.cpu_pct is readings.other_share is readings.steal_share is None
    assert readings.swapped_in_pages is readings.throttled_s is readings.thermal_throttles is None


def test_throttling_is_read_alike_from_both_versions(tmp_path: Path) -> None:
    two = readings_of("quota-v2", tmp_path / "v2")
    assert (two.throttled_periods, two.throttled_s) == (7, pytest.approx(0.35))
    one = readings_of("quota-v1", tmp_path / "v1")
    assert (one.throttled_periods, one.throttled_s) == (1, pytest.approx(0.04))
