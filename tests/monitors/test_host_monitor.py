"""The monitor as a thread, on planted folders and, for the figures of a real process, for a fraction of a second."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from scenes import OWN, WORKER, plant

from clipperf.monitors.host import HostMonitor, page_bytes


def test_a_window_without_a_second_look_has_memory_clock_and_temperature(tmp_path: Path) -> None:
    plant("clock-falls", tmp_path)
    plant("steal", tmp_path)
    monitor = HostMonitor([WORKER], root=tmp_path / "before", cores=[0, 3], own_pid=OWN)
    monitor.start()
    readings = monitor.stop()
    assert readings.rss_mb == pytest.approx(2694 * page_bytes() / 1e6)
    assert (readings.frequency_min_mhz, readings.frequency_max_mhz) == (3500, 3500)
    assert (readings.temperature_c, readings.temperature_margin_c) == (71, 29)
    assert readings.cpu_pct == 0


def test_memory_and_clock_are_looked_at_in_between(tmp_path: Path) -> None:
    plant("clock-falls", tmp_path)
    plant("steal", tmp_path)
    here = tmp_path / "here"
    here.symlink_to(tmp_path / "before")
    monitor = HostMonitor([WORKER], period_s=0.001, root=here, cores=[0], own_pid=OWN)
    monitor.start()
    here.unlink()
    here.symlink_to(tmp_path / "after")
    deadline = time.monotonic() + 5
    while monitor._samples[-1].frequency_mhz != 2600 and time.monotonic() < deadline:
        time.sleep(0.001)
    readings = monitor.stop()
    assert (readings.frequency_min_mhz, readings.frequency_max_mhz) == (2600, 3500)
    assert (readings.temperature_c, readings.temperature_margin_c) == (97, 3)
    assert readings.thermal_throttles == 3
    assert readings.own_cost_share > 0


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_program_that_works_is_seen() -> None:
    worker = subprocess.Popen([sys.executable, "-c", "print(1, flush=True)\nwhile True: pass"], stdout=subprocess.PIPE)
    try:
        assert worker.stdout is not None
        worker.stdout.readline()
        with HostMonitor([worker.pid], period_s=0.05) as monitor:
            time.sleep(0.4)
            readings = monitor.stop()
    finally:
        worker.kill()
        worker.communicate()
    assert readings.cpu_pct is not None
    # A lower bound only: the machine that runs the tests may be busy.
    assert 20 < readings.cpu_pct < 130
    assert readings.rss_mb is not None
    assert 1 < readings.rss_mb < 1000


def test_leaving_by_an_error_ends_the_thread(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), HostMonitor([os.getpid()], root=tmp_path) as monitor:
        raise ZeroDivisionError
    assert not monitor._thread.is_alive()
    monitor.close()
