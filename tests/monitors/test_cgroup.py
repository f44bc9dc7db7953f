from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import plant

from clipperf.monitors.cgroup import Throttling, cpu_quota_cores, group_folders, memory_limit_mb, parse_throttling


def planted(scene: str, folder: Path) -> Path:
    """The root of a scene's beginning."""
    plant(scene, folder)
    return folder / "before"


@pytest.mark.parametrize(
    ("scene", "cores", "limit_mb"),
    [("quota-v2", 1.5, 8000), ("quota-v1", 0.5, 4000), ("no-limit-v1", None, None), ("zones", None, None)],
)
def test_limits_of_every_kind_of_container(
    scene: str, cores: float | None, limit_mb: float | None, tmp_path: Path
) -> None:
    root = planted(scene, tmp_path)
    assert cpu_quota_cores(root) == cores
    assert memory_limit_mb(root) == limit_mb


def test_the_groups_above_count_and_nothing_beyond_the_mount(tmp_path: Path) -> None:
    root = planted("quota-v2", tmp_path)
    names = [str(folder.relative_to(root)) for folder in group_folders("cpu", root)]
    assert names == ["sys/fs/cgroup/pod/container", "sys/fs/cgroup/pod", "sys/fs/cgroup"]


def test_a_path_out_of_the_namespace_means_the_mount(tmp_path: Path) -> None:
    root = planted("quota-v2", tmp_path)
    (root / "proc/self/cgroup").write_text("0::/../../other\n")
    assert group_folders("cpu", root) == [root / "sys/fs/cgroup"]


def test_a_host_without_control_groups_limits_nothing(tmp_path: Path) -> None:
    assert group_folders("cpu", tmp_path) == []
    assert cpu_quota_cores(tmp_path) is None
    assert memory_limit_mb(tmp_path) is None


@given(st.integers(0, 10**9), st.integers(0, 10**15))
def test_both_versions_tell_the_same_throttling(periods: int, microseconds: int) -> None:
    two = parse_throttling(f"usage_usec 5\nnr_throttled {periods}\nthrottled_usec {microseconds}")
    one = parse_throttling(f"nr_throttled {periods}\nthrottled_time {1000 * microseconds}")
    assert two == Throttling(periods, pytest.approx(microseconds / 1e6))
    assert one == Throttling(periods, pytest.approx(microseconds / 1e6))


def test_a_group_that_cannot_be_throttled_tells_none() -> None:
    assert parse_throttling("usage_usec 10\nuser_usec 5") is None
