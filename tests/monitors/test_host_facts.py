"""What the host is, from planted files; where they are missing nothing is known and nothing raised."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import plant

from clipperf.monitors.clock import clock_source, clock_step_ns, timer_slack_ns
from clipperf.monitors.container import container
from clipperf.monitors.frequency_policy import bounds_mhz, governors, is_turbo_on
from clipperf.monitors.memory import Memory, read_memory
from clipperf.monitors.processor import (
    arithmetic,
    numa_nodes,
    parse_cores,
    parse_cpuinfo,
    physical_cores,
    processor_model,
    virtual_machine,
)


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """The root of a host with two sockets."""
    plant("two-sockets", tmp_path)
    return tmp_path / "before"


def test_cores_nodes_and_threads(host: Path) -> None:
    assert numa_nodes(host) == {"0": [0, 1, 4, 5], "1": [2, 3, 6, 7]}
    assert physical_cores(host) == [[0, 4], [1, 5], [2, 6], [3, 7]]


def test_the_clock_and_its_policy(host: Path) -> None:
    assert governors(host) == ["powersave"]
    assert bounds_mhz(host) == (800, 3500)
    assert is_turbo_on(host) is True
    (host / "sys/devices/system/cpu/intel_pstate/no_turbo").write_text("1\n")
    assert is_turbo_on(host) is False
    assert clock_source(host) == "tsc"
    assert timer_slack_ns(host) == 50000


def test_turbo_of_other_drivers(tmp_path: Path) -> None:
    boost = tmp_path / "sys/devices/system/cpu/cpufreq/boost"
    boost.parent.mkdir(parents=True)
    boost.write_text("0")
    assert is_turbo_on(tmp_path) is False


def test_the_processor_is_the_first_of_its_kind(host: Path) -> None:
    cpuinfo = parse_cpuinfo((host / "proc/cpuinfo").read_text())
    assert processor_model(cpuinfo) == "Intel(R) Xeon(R) Gold 6348 CPU @ 2.60GHz"
    assert arithmetic(cpuinfo) == ["avx2", "fma", "f16c", "avx512f", "avx512_vnni"]
    assert virtual_machine(cpuinfo, host) is None


def test_an_arm_server_and_one_lent_by_a_hypervisor(tmp_path: Path) -> None:
    cpuinfo = parse_cpuinfo(
        "processor\t: 0\nFeatures\t: fp asimd asimddp\nCPU implementer\t: 0x48\nCPU part\t: 0xd01\n"
    )
    assert processor_model(cpuinfo) == "implementer 0x48 part 0xd01"
    assert arithmetic(cpuinfo) == ["asimd", "asimddp"]
    assert virtual_machine({"flags": "fpu hypervisor"}, tmp_path) == "hypervisor"
    vendor = tmp_path / "sys/class/dmi/id/sys_vendor"
    vendor.parent.mkdir(parents=True)
    vendor.write_text("QEMU\n")
    assert virtual_machine(cpuinfo, tmp_path) == "QEMU"


def test_memory_and_swap_in_millions_of_bytes(host: Path) -> None:
    assert read_memory(host) == Memory(
        pytest.approx(25276.5, abs=0.1), pytest.approx(24719.3, abs=0.1), pytest.approx(2048), pytest.approx(512)
    )


def test_containers_leave_traces(host: Path, tmp_path: Path) -> None:
    assert container(host, {}) is None
    assert container(host, {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}) == "kubernetes"
    (host / "proc/1/cgroup").write_text("4:cpu:/docker/0123\n")
    assert container(host, {}) == "docker"
    (host / "run").mkdir()
    (host / "run/.containerenv").touch()
    assert container(host, {}) == "podman"
    (host / ".dockerenv").touch()
    assert container(host, {}) == "docker"


def test_nothing_is_known_of_an_empty_host(tmp_path: Path) -> None:
    facts = (numa_nodes, physical_cores, governors, bounds_mhz, is_turbo_on, clock_source, timer_slack_ns, read_memory)
    assert [fact(tmp_path) for fact in facts] == [None] * len(facts)
    assert container(tmp_path, {}) is None
    assert virtual_machine({}, tmp_path) is None
    assert processor_model({}) is None


@given(st.lists(st.integers(1, 9), max_size=8).map(lambda gaps: [sum(gaps[: i + 1]) for i in range(len(gaps))]))
def test_lists_of_cores_are_read_as_the_kernel_writes_them(cores: list[int]) -> None:
    runs: list[str] = []
    for core in cores:
        if core - 1 in cores:
            runs[-1] = f"{runs[-1].split('-')[0]}-{core}"
        else:
            runs.append(str(core))
    assert parse_cores(",".join(runs)) == cores


def test_the_step_of_a_clock_is_the_least_that_is_not_nothing() -> None:
    instants = iter([0, 0, 100, 100, 140, 300] + [300] * 2000)
    assert clock_step_ns(lambda: next(instants)) == 40
    assert clock_step_ns(lambda: 5) is None
