"""The grid: every combination once, filtered, with ids that last, in an order that a seed fixes."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from typing import Any

import pytest

from clipperf.errors import ProfileError
from clipperf.plan import Case, condition, expand, groups_of, option_sets
from clipperf.profile import make_profile


def cases(default_devices: list[str] | None = None, **keys: Any) -> list[Case]:
    """The grid of these keys, model ``m`` and device ``9`` unless told otherwise."""
    profile = make_profile({"model": "m", **keys}, {})
    devices = default_devices or ["9"] * len(option_sets(profile))
    return expand(profile, devices, dict.fromkeys(profile.model, "fp32"))


def case(**axes: Any) -> Case:
    given = {"model": "m", "precision": "fp32", "batch_size": 4, "runner": "null", "device": "0"}
    return Case(**{**given, "instances": 1, "queue_depth": 1, "scope": "host", **axes})


def refusal(**keys: Any) -> str:
    with pytest.raises(ProfileError) as raised:
        cases(**keys)
    (problem,) = raised.value.problems
    return problem


def test_the_grid_is_every_combination_of_the_axes():
    axes: dict[str, list[Any]] = {
        "model": ["a", "b"],
        "precision": ["fp32", "int8"],
        "device": ["0", "0,1"],
        "instances": [1, 2],
        "queue_depth": [1, 3],
        "rate": [10.0, 20.0],
        "batch": [1, 8, 16],
    }
    found = cases(**axes, option={"threads": [1, 2], "mode": ["x"]})
    seen = {
        (
            c.model,
            c.precision,
            c.device,
            c.instances,
            c.queue_depth,
            c.offered_rate,
            c.batch_size,
            dict(c.options)["threads"],
        )
        for c in found
    }
    assert seen == set(itertools.product(*axes.values(), [1, 2]))
    assert len(found) == len(seen) == 2**7 * 3
    assert {dict(c.options)["mode"] for c in found} == {"x"}


def test_the_batch_size_changes_fastest():
    assert [(c.instances, c.batch_size) for c in cases(instances=[1, 2], batch=[1, 8])] == [
        (1, 1),
        (1, 8),
        (2, 1),
        (2, 8),
    ]


def test_a_case_asked_for_twice_is_measured_once():
    assert [c.batch_size for c in cases(batch="1,8,1")] == [1, 8]
    assert [c.device for c in cases(device=["0", "0,1", "0"])] == ["0", "0,1"]


def test_options_that_only_python_takes_for_equal_stay_apart():
    found = cases(option={"exact": [1, True, 1.0]})
    assert [repr(dict(c.options)["exact"]) for c in found] == ["1", "True", "1.0"]
    assert len({c.case_id for c in found}) == 3
    assert len(groups_of(found, True, "listed", 0)) == 3, "workers opened with one must not serve the other"


def test_what_no_flag_names_is_the_model_s_and_the_runner_s_own():
    (found,) = cases()
    assert (found.precision, found.device, found.loop, found.offered_rate) == ("fp32", "9", "closed", None)


def test_a_default_device_may_depend_on_the_options():
    found = cases(["0-1", "0"], option={"provider": ["cpu", "cuda"]})
    assert [(dict(c.options)["provider"], c.device) for c in found] == [("cpu", "0-1"), ("cuda", "0")]
    assert [c.device for c in cases(["0-1", "0"], option={"provider": ["cpu", "cuda"]}, device="3")] == ["3", "3"]


@pytest.mark.parametrize(
    ("axes", "concurrency"),
    [({}, 1), ({"device": "0,1"}, 2), ({"device": "0,1-3+5", "instances": 3, "queue_depth": 4}, 24)],
)
def test_concurrency_is_devices_times_instances_times_depth(axes: dict[str, Any], concurrency: int):
    assert case(**axes).concurrency == concurrency


def test_case_ids_are_the_same_in_every_run():
    # A changed id would orphan every row ever measured.
    assert case().case_id == case(batch_size=4).case_id
    code = "import sys; sys.path.insert(0, sys.argv[1]); from test_plan import case; print(case(device='0,1').case_id)"
    command = [sys.executable, "-c", code, __file__.rpartition("/")[0]]
    assert subprocess.check_output(command, text=True).strip() == case(device="0,1").case_id


def test_every_axis_is_in_the_case_id():
    axes: dict[str, Any] = {
        "model": "n",
        "precision": "int8",
        "batch_size": 5,
        "runner": "simulated",
        "device": "1",
        "instances": 2,
        "queue_depth": 2,
        "scope": "pipeline",
        "options": (("a", 1),),
        "arrival": "poisson",
        "offered_rate": 2.0,
        "vendor_multi_device": True,
        "int8": "dynamic",
    }
    assert set(axes) == {*Case.__dataclass_fields__}
    changed = [case(**{axis: value}).case_id for axis, value in axes.items()]
    assert len({case().case_id, *changed}) == len(axes) + 1
    assert all(len(each) == 10 for each in changed)


def test_the_identity_can_be_written_as_json():
    identity = case(device="0,1", options=(("threads", 2),)).identity
    assert json.loads(json.dumps(identity)) == identity
    assert identity["devices"] == 2


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("batch_size*queue_depth<=8", [(1, 1), (1, 8), (4, 1)]),
        ("batch_size == 8 and queue_depth > 1", [(4, 8)]),
        ("concurrency in (4, 5)", [(4, 1), (4, 8)]),
        ("not batch_size > 1", [(1, 1), (4, 1)]),
        ("model == 'm' and device == '9' and devices == 1 and threads*2 == 4 and batch_size == 1", [(1, 1), (4, 1)]),
        ("  batch_size == 1 ", [(1, 1), (4, 1)]),
        ("batch_size in [8]", [(1, 8), (4, 8)]),
        ("'m' in model and runner != 'null'", [(1, 1), (1, 8), (4, 1), (4, 8)]),
    ],
)
def test_where_keeps_the_cases_for_which_it_holds(where: str, kept: list[tuple[int, int]]):
    found = cases(where=where, batch=[1, 8], queue_depth=[1, 4], option={"threads": 2})
    assert [(c.queue_depth, c.batch_size) for c in found] == kept


NAMES = "model, precision, batch_size, runner, device, devices, instances, queue_depth, concurrency, offered_rate"


def test_where_with_an_unknown_name_is_told_the_known_ones():
    assert refusal(where="bach<8", option={"threads": 2}) == (
        "--where bach<8: it cannot be evaluated ('bach' is not defined for expression 'bach<8'); compare "
        f"{NAMES}, threads with numbers and texts by <, <=, ==, !=, >=, > and in."
    )


@pytest.mark.parametrize(
    "where",
    [
        "",
        "batch_size = 4",
        "batch_size == 4; True",
        "batch_size <",
        "1/0",
        "model[9]",
        "model > 3",
        "__import__('os')",
        "open('/etc/passwd')",
        "().__class__",
        "model.__class__.__mro__",
        "model.format(1)",
        "(lambda: 1)()",
        "[c for c in model]",
        "(batch_size := 4)",
        "9**9**9",
        "'a'*10**9",
        "1<<10**9",
        "(" * 300 + "1" + ")" * 300,
        "-" * 3000 + "1",
        "\0",
    ],
    ids=ascii,
)
def test_where_evaluates_comparisons_and_nothing_else(where: str):
    assert refusal(where=where).startswith(f"--where {where}: it cannot be evaluated (")


def test_where_runs_no_code(tmp_path):
    mark = tmp_path / "mark"
    for where in (f"open({str(mark)!r}, 'w')", f"__import__('pathlib').Path({str(mark)!r}).touch()"):
        with pytest.raises(ProfileError):
            condition(where)(case())
    assert not mark.exists()


def test_a_filter_that_leaves_nothing_is_refused():
    assert refusal(where="batch_size > 64", batch=[1, 8]) == (
        "--where batch_size > 64: it leaves none of the 2 cases of the grid."
    )


def test_an_absurd_grid_is_refused_before_it_is_made():
    # 10**12 combinations of options alone would fill the memory.
    option = {f"o{number}": list(range(10)) for number in range(12)}
    assert refusal(option=option) == (f"The grid has {10**12} cases, at most 100000 are allowed; shorten an axis.")


def test_cases_that_can_share_workers_stay_together():
    grid = cases(batch=[1, 2, 4], instances=[1, 2], device=["0", "1"])
    groups = groups_of(grid, True, "shuffled", 7)
    assert sorted(len(group) for group in groups) == [3, 3, 3, 3]
    assert all(len({(c.device, c.instances) for c in group}) == 1 for group in groups)
    assert sorted(c.case_id for group in groups for c in group) == sorted(c.case_id for c in grid)


def test_a_static_batch_size_needs_workers_of_its_own():
    assert [len(group) for group in groups_of(cases(batch=[1, 2, 4]), False, "listed", 0)] == [1, 1, 1]


def test_workers_serve_every_rate():
    assert [len(group) for group in groups_of(cases(rate=[10, 20, 30]), True, "listed", 0)] == [3]


def flat(groups: list[list[Case]]) -> list[str]:
    return [c.case_id for group in groups for c in group]


def test_the_order_is_shuffled_by_the_seed_alone():
    grid = cases(batch=list(range(1, 9)), instances=[1, 2, 3, 4])
    first = flat(groups_of(grid, True, "shuffled", 1))
    assert flat(groups_of(grid, True, "shuffled", 1)) == first
    assert flat(groups_of(grid, True, "shuffled", 2)) != first
    assert first != [c.case_id for c in grid]


def test_groups_and_the_cases_inside_are_both_shuffled():
    grid = cases(batch=list(range(1, 9)), instances=[1, 2, 3, 4])
    groups = groups_of(grid, True, "shuffled", 1)
    assert [group[0].instances for group in groups] != [1, 2, 3, 4]
    assert all([c.batch_size for c in group] != list(range(1, 9)) for group in groups)


def test_listed_is_the_order_of_the_axes():
    grid = cases(batch=[4, 1], instances=[2, 1])
    assert flat(groups_of(grid, True, "listed", 5)) == [c.case_id for c in grid]
