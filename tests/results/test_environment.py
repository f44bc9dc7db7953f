from __future__ import annotations

import json
from pathlib import Path

import pytest

from clipperf.results.environment import changes_between, environment_of_host

FIXTURE = Path(__file__).parents[1] / "monitors/fixtures/two-sockets.txt"


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """The root of a host with two sockets, as the tests of the monitors have it."""
    for part in FIXTURE.read_text().split("\n@ before/")[1:]:
        path, _, text = part.partition("\n")
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_the_circumstances_of_a_host(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("TOKEN_OF_SOMETHING", "secret")
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    environment = environment_of_host(host, models={"vit-b-32": "ab12"})
    cpu, memory = environment["cpu"], environment["memory"]
    assert cpu["model"].startswith("Intel(R) Xeon(R) Gold 6348")
    assert (cpu["cores_physical"], cpu["cores_logical"], cpu["smt"]) == (4, 8, True)
    assert cpu["numa_nodes"] == {"0": [0, 1, 4, 5], "1": [2, 3, 6, 7]}
    assert (cpu["governors"], cpu["frequency_bounds_mhz"], cpu["turbo"]) == (["powersave"], [800, 3500], True)
    assert (memory["total_mb"], memory["swap_mb"], memory["transparent_hugepages"]) == (25277, 2048, "madvise")
    assert memory["address_space_randomisation"] == 2
    assert environment["clock"]["source"] == "tsc"
    assert environment["container"] is None
    assert environment["thread_settings"]["OMP_NUM_THREADS"] == "3"
    assert environment["models"] == {"vit-b-32": "ab12"}
    assert environment["now"]["uptime_s"] == 4275.74
    assert environment["now"]["swap_used_mb"] == 512
    assert "secret" not in json.dumps(environment)


def test_a_host_that_tells_nothing_has_the_same_keys(host: Path, tmp_path: Path) -> None:
    def keys(value: object) -> object:
        return {key: keys(each) for key, each in value.items()} if isinstance(value, dict) else None

    silent = environment_of_host(tmp_path / "nothing")
    told = environment_of_host(host)
    told["cpu"]["numa_nodes"] = None
    assert keys(silent) == keys(told)
    assert silent["cpu"]["model"] is None
    assert silent["memory"]["total_mb"] is None


def test_what_is_read_back_is_no_change(host: Path) -> None:
    before = environment_of_host(host, models={"vit-b-32": "ab12"})
    stored = json.loads(json.dumps({**before, "runner": {"name": "null"}}))
    stored["now"]["load_average"] = [99.0, 99.0, 99.0]
    assert changes_between(stored, environment_of_host(host)) == []


def test_changes_are_named_by_their_path(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = environment_of_host(host)
    (host / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").write_text("performance")
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    assert changes_between(before, environment_of_host(host)) == [
        "cpu.governors: ['powersave'] → ['performance']",
        "thread_settings.OMP_WAIT_POLICY: None → active",
    ]
