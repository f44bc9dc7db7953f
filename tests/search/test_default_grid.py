"""The grid where none is given."""

from __future__ import annotations

from typing import Any

import pytest

from clipperf.plan import Case, expand, option_sets
from clipperf.profile import Profile, make_profile
from clipperf.search.default_grid import default_grid, is_grid_given
from clipperf.sweeping.preflight import RunnerFacts


@pytest.fixture(autouse=True)
def many_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of 64 cores, whatever this one has."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(64)))


def facts(device: str = "0", concurrent_slots: bool = True) -> RunnerFacts:
    return RunnerFacts("1", "", (), (device,), (), {}, True, concurrent_slots, True, ())


def cases(keys: dict[str, Any], of_runner: RunnerFacts) -> list[Case]:
    profile = make_profile({"model": "any", **keys}, {})
    planned = profile.model_copy(update=dict(default_grid(profile, of_runner).keys))
    return expand(planned, of_runner.default_devices * len(option_sets(planned)), {"any": "fp32"})


def shape(found: list[Case]) -> set[tuple[int, int, Any]]:
    """Instances, depth, and threads where they are an option."""
    return {(case.instances, case.queue_depth, dict(case.options).get("intra_op_num_threads")) for case in found}


@pytest.mark.parametrize(
    ("device", "shares"),
    [
        ("0", {(1, 1, None)}),
        ("0-1", {(1, 1, 2), (2, 1, 1)}),
        ("0-2", {(1, 1, 3), (3, 1, 1)}),
        ("0-15", {(1, 1, 16), (4, 1, 4)}),
        ("0-63", {(1, 1, 64), (4, 1, 16)}),
    ],
)
def test_the_cores_of_a_processor_are_shared_out(device: str, shares: set[tuple[int, int, Any]]):
    found = cases({"runner": "onnxruntime"}, facts(device))
    assert shape(found) == shares
    assert {case.batch_size for case in found} == {1, 8, 32}
    assert len(found) == 3 * len(shares)


def test_the_device_asked_for_counts_and_not_the_default():
    assert shape(cases({"runner": "onnxruntime", "device": ["0-3"]}, facts("0-1"))) == {(1, 1, 4), (4, 1, 1)}


def test_threads_that_the_user_fixed_stay():
    found = cases({"runner": "onnxruntime", "option": {"intra_op_num_threads": [1]}}, facts("0-3"))
    assert shape(found) == {(1, 1, 1), (4, 1, 1)}


def test_a_filter_of_the_user_holds_as_well():
    found = cases({"runner": "onnxruntime", "where": "batch_size < 30 or instances == 1"}, facts("0-1"))
    assert {(case.instances, case.batch_size) for case in found} == {(1, 1), (1, 8), (1, 32), (2, 1), (2, 8)}


@pytest.mark.parametrize(("device", "fed"), [("0", (2, 4)), ("0-1", (2, 4)), ("0-3", (4, 8)), ("0-63", (32, 64))])
def test_the_streams_of_openvino_are_fed(device: str, fed: tuple[int, int]):
    found = cases({"runner": "openvino"}, facts(device))
    assert {(case.queue_depth, dict(case.options)["performance_hint"]) for case in found} == {
        (1, "latency"),
        *((depth, "throughput") for depth in fed),
    }
    assert len(found) == 9


@pytest.mark.parametrize("keys", [{"device": ["GPU.1"]}, {"option": {"num_streams": [3]}}])
def test_openvino_elsewhere_or_with_streams_of_the_user_gets_instances_and_depths(keys: dict[str, Any]):
    found = cases({"runner": "openvino", **keys}, facts("0-3"))
    assert shape(found) == {(1, 1, None), (1, 3, None), (2, 1, None), (2, 3, None)}


def test_other_devices_get_instances_and_requests_in_flight():
    gpu = {"runner": "onnxruntime", "option": {"provider": ["CUDAExecutionProvider"]}}
    for keys in ({"runner": "simulated"}, gpu):
        assert shape(cases(keys, facts())) == {(1, 1, None), (1, 3, None), (2, 1, None), (2, 3, None)}


def test_a_runner_of_one_request_at_a_time_gets_depth_1():
    assert shape(cases({"runner": "simulated"}, facts(concurrent_slots=False))) == {(1, 1, None), (2, 1, None)}


def test_what_was_taken_is_told_with_the_reason():
    told = default_grid(Profile(runner="simulated"), facts()).why
    assert (
        told == "batch 1,8,32, instances 1,2, queue depth 1,3; at depth 3 copies in and out can run beside an execution"
    )
    told = default_grid(Profile(), facts("0-3")).why
    assert told.startswith("batch 1,8,32, one instance of 4 threads or 4 of 1; a processor's 4 cores are shared out")


@pytest.mark.parametrize(
    ("keys", "is_given"),
    [
        ({}, False),
        ({"option": {"execute_ms": [1]}, "seed": 3, "device": ["0,1"]}, False),
        ({"batch": [1]}, True),
        ({"instances": [1]}, True),
        ({"queue_depth": [2]}, True),
        ({"option": {"threads": [1, 2]}}, True),
        ({"device": ["0", "1"]}, True),
    ],
)
def test_any_axis_that_is_given_makes_the_grid_that_of_the_user(keys: dict[str, Any], is_given: bool):
    assert is_grid_given(keys, make_profile(keys, {})) is is_given
