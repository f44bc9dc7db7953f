"""The simulated device: its timing law by hand-made instants, its options, its failures on demand."""

from __future__ import annotations

import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.errors import Unsupported
from clipperf.runners.base import OpenSpec
from clipperf.runners.simulated import FAILURES, NUMBERS, SimulatedRunner
from clipperf.runners.simulated_device import STAGES, SimulatedDevice, after_stall_ns, read_table, stage_ms

MS = 1_000_000
CLIP_IMAGE_PROF = {"copy_in_ms": 1.954, "execute_ms": 5.186}


def closed_loop(options: dict[str, object], depth: int, requests: int, batch_size: int = 1) -> tuple[float, float]:
    """Requests per second and mean latency in ms of a host that loses no time, after the first tenth."""
    device, free = SimulatedDevice(options), [MS] * depth
    begun, ended = [], []
    for _ in range(requests):
        slot = free.index(min(free))
        begun.append(free[slot])
        free[slot] = device.submit(free[slot], batch_size).done_ns
        ended.append(free[slot])
    skip = requests // 10
    latency = np.mean(np.subtract(ended, begun)[skip:]) / MS
    return (requests - 1 - skip) / (ended[-1] - ended[skip]) * 1e9, float(latency)


@pytest.mark.parametrize(("depth", "qps", "latency_ms"), [(1, 140.06, 7.140), (3, 192.83, 15.558)])
def test_the_published_figures_of_vacc_come_out(depth: int, qps: float, latency_ms: float):
    found_qps, found_ms = closed_loop(CLIP_IMAGE_PROF, depth, 500)
    assert found_qps == pytest.approx(qps, rel=1e-3)
    assert found_ms == pytest.approx(latency_ms, rel=1e-3)


def test_a_request_passes_the_stages_one_after_the_other():
    device = SimulatedDevice({"copy_in_ms": 2, "execute_ms": 3, "copy_out_ms": 4})
    assert device.submit(10 * MS, 1).done_ns == 19 * MS


def test_copies_of_one_request_run_beside_the_execution_of_another():
    device = SimulatedDevice({"copy_in_ms": 2, "execute_ms": 3})
    # Copied in at 2 and 4; the second executes when the first is out of the way.
    assert [device.submit(0, 1).done_ns, device.submit(0, 1).done_ns] == [5 * MS, 8 * MS]


def test_units_execute_at_the_same_time():
    device = SimulatedDevice({"execute_ms": 3, "units": 2})
    assert [device.submit(0, 1).done_ns for _ in range(4)] == [3 * MS, 3 * MS, 6 * MS, 6 * MS]


def test_what_a_caller_is_late_by_is_not_handed_on():
    device = SimulatedDevice({"execute_ms": 3})
    assert [device.submit(at * MS, 1).done_ns for at in (0, 3, 7)] == [3 * MS, 6 * MS, 10 * MS]


@given(st.integers(1, 4), st.integers(1, 6), st.floats(0.1, 10), st.floats(0, 10))
def test_throughput_is_bounded_by_the_slowest_stage_and_littles_law_holds(
    units: int, depth: int, execute_ms: float, copy_ms: float
):
    options = {"execute_ms": execute_ms, "copy_in_ms": copy_ms, "units": units}
    per_s, latency_ms = closed_loop(options, depth, 400)
    assert per_s <= 1000 / max(execute_ms / units, copy_ms) * 1.02
    assert per_s * latency_ms / 1000 == pytest.approx(depth, rel=0.05)


def test_jitter_varies_with_its_seed_alone():
    def lengths(seed: int) -> list[int]:
        device = SimulatedDevice({"execute_ms": 1, "jitter_pct": 20, "seed": seed})
        return [device.submit(at * 10 * MS, 1).done_ns - at * 10 * MS for at in range(1, 300)]

    assert lengths(1) == lengths(1)
    assert lengths(1) != lengths(2)
    assert np.mean(lengths(1)) == pytest.approx(MS, rel=0.05)
    assert np.std(lengths(1)) == pytest.approx(0.2 * MS, rel=0.15)


def test_copying_in_varies_by_itself():
    device = SimulatedDevice({"copy_in_ms": 1, "execute_ms": 3, "copy_in_jitter_pct": 10})
    lengths = [device.submit(at * 10 * MS, 1).done_ns - at * 10 * MS for at in range(1, 2000)]
    assert np.mean(lengths) == pytest.approx(4 * MS, rel=0.01)
    assert np.std(lengths) == pytest.approx(0.1 * MS, rel=0.1)
    # Hidden behind the execution of the request before, it costs no throughput.
    together = [device.submit(10**12, 1).done_ns for _ in range(50)]
    assert set(np.diff(together)) == {3 * MS}


def test_a_share_of_requests_is_slow():
    device = SimulatedDevice({"execute_ms": 1, "slow_share": 0.25, "slow_factor": 10})
    lengths = [device.submit(at * 100 * MS, 1).done_ns - at * 100 * MS for at in range(1, 2001)]
    assert set(lengths) == {MS, 10 * MS}
    assert lengths.count(10 * MS) / 2000 == pytest.approx(0.25, abs=0.03)


def test_execution_drifts_with_the_time_since_the_first_request():
    device = SimulatedDevice({"execute_ms": 10, "drift_pct_per_s": 50})
    assert [device.submit(at, 1).done_ns - at for at in (10**9, 2 * 10**9, 3 * 10**9)] == [10 * MS, 15 * MS, 20 * MS]


@pytest.mark.parametrize(("at", "begins"), [(0, 5), (4, 5), (5, 5), (99, 99), (100, 105), (103, 105), (106, 106)])
def test_nothing_begins_to_execute_in_a_stall(at: int, begins: int):
    assert after_stall_ns(at, 5, 100) == begins


@pytest.mark.parametrize(
    ("table", "batch_size", "milliseconds"),
    [
        (5.5, 64, 5.5),
        ("5.5", 1, 5.5),
        ("1:2/4:8", 1, 2),
        ("1:2/4:8", 2, 4),
        ("4:8/1:2", 3, 6),
        ("1:2/4:8", 64, 8),
        ("4:8", 1, 8),
    ],
)
def test_a_stage_s_time_is_interpolated_between_the_batch_sizes_of_its_table(
    table: object, batch_size: int, milliseconds: float
):
    assert stage_ms(read_table("execute_ms", table), batch_size) == pytest.approx(milliseconds)


@pytest.mark.parametrize("value", ["", "x", "1:2/x", "0:1", "1:-2", -1, "1:2/", "1:nan", "inf", "1:inf"])
def test_another_table_is_refused_with_an_example(value: object):
    with pytest.raises(Unsupported, match=re.escape(f"--option execute_ms={value}: give milliseconds, or a table")):
        SimulatedRunner().check_options({"execute_ms": value})


@pytest.mark.parametrize("key", NUMBERS)
def test_a_number_outside_its_bounds_is_refused_with_them(key: str):
    least, most = NUMBERS[key]
    SimulatedRunner().check_options({key: least})
    SimulatedRunner().check_options({key: most})
    for value in ("x", least - 1, most + 1):
        with pytest.raises(Unsupported, match=re.escape(f"--option {key}={value}: give a ") + f".*{least} to {most}"):
            SimulatedRunner().check_options({key: value})


def test_an_unknown_failure_is_refused_with_the_known_ones():
    with pytest.raises(Unsupported, match=f"--option fail=crash: take one of {', '.join(FAILURES)}"):
        SimulatedRunner().check_options({"fail": "crash"})


def test_an_unknown_option_is_refused_with_every_known_one():
    with pytest.raises(Unsupported) as refusal:
        SimulatedRunner().check_options({"excute_ms": 1})
    assert all(name in str(refusal.value) for name in (*STAGES, *NUMBERS, "fail"))


def opened(**options: object):
    runner = SimulatedRunner()
    runner.check_options(options)
    return runner.open(OpenSpec("any", "0", "fp32", "host", None, 1, options))


def batch(size: int) -> dict[str, np.ndarray]:
    return {"input": np.zeros((size, 1), np.float32)}


def test_run_returns_when_the_device_is_done_and_not_before():
    (slot,) = opened(execute_ms=5).slots
    slot.load(batch(1))
    began = time.monotonic_ns()
    slot.run()
    assert time.monotonic_ns() - began >= 5 * MS


def test_a_failure_comes_after_its_number_of_requests_at_its_batch_size_only():
    (slot,) = opened(execute_ms=0, fail="raise", fail_after=2, fail_batch=4).slots
    slot.load(batch(1))
    for _ in range(5):
        slot.run()
    slot.load(batch(4))
    with pytest.raises(RuntimeError, match="as --option fail=raise asks"):
        slot.run()


@pytest.mark.parametrize(("fail", "wrong"), [("nan", np.isnan), ("constant", lambda answer: answer == answer[0, 0])])
def test_a_wrong_answer_on_demand(fail: str, wrong):
    (slot,) = opened(execute_ms=0, fail=fail).slots
    slot.load(batch(3))
    slot.run()
    assert wrong(slot.outputs()["output"]).all()


def test_instances_of_one_device_share_its_stages_and_devices_do_not():
    runner, options = SimulatedRunner(), {"execute_ms": 20}

    def spec(device: str) -> OpenSpec:
        return OpenSpec("any", device, "fp32", "host", None, 1, options)

    first, second, elsewhere = runner.open(spec("0")), runner.open(spec("0")), runner.open(spec("1"))
    at = 10**9
    done = [instance.slots[0]._device.submit(at, 1).done_ns - at for instance in (first, second, elsewhere)]
    assert done == [20 * MS, 40 * MS, 20 * MS]
