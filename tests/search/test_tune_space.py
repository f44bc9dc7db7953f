"""The points of a search: what lies beside a point, and the few that are looked at first."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clipperf.plan import Case, expand, option_sets
from clipperf.profile import make_profile
from clipperf.search.tune_space import Space


def space(**keys: Any) -> Space:
    profile = make_profile({"model": "any", "runner": "simulated", **keys}, {})
    return Space(tuple(expand(profile, ["0"] * len(option_sets(profile)), {"any": "fp32"})))


def shapes(of: Space, case_ids: list[str]) -> set[tuple[int, int]]:
    cases = {case.case_id: case for case in of.cases}
    return {(cases[each].batch_size, cases[each].queue_depth) for each in case_ids}


def at(of: Space, **axes: Any) -> str:
    def fits(case: Case) -> bool:
        known = {**case.identity, **dict(case.options)}
        return all(known[name] == value for name, value in axes.items())

    return next(case.case_id for case in of.cases if fits(case))


def test_beside_are_the_next_values_of_every_axis_and_across_those_of_two():
    grid = space(batch=[8, 1, 4, 2], queue_depth=[1, 2, 3])
    middle = at(grid, batch_size=4, queue_depth=2)
    assert shapes(grid, grid.beside(middle)) == {(2, 2), (8, 2), (4, 1), (4, 3)}
    assert shapes(grid, grid.across(middle)) == {(2, 1), (2, 3), (8, 1), (8, 3)}


def test_a_filter_leaves_a_gap_that_is_stepped_over():
    grid = space(batch=[1, 2, 4], where="batch_size != 2")
    assert shapes(grid, grid.beside(at(grid, batch_size=1))) == {(4, 1)}


def test_values_without_order_are_all_beside_each_other():
    grid = space(option={"level": ["basic", "extended", "all"], "on": [True, False]})
    one = at(grid, level="basic", on=True)
    assert len(grid.beside(one)) == 3
    assert grid.across(one) == []


def test_sets_of_devices_are_in_the_order_of_their_size():
    grid = space(device=["0,1,2,3", "0", "0,1"])
    assert [case.device for case in grid.cases if case.case_id in grid.beside(at(grid, device="0"))] == ["0,1"]


def test_options_that_python_takes_for_equal_are_apart():
    grid = space(option={"mode": [1, True]})
    assert len(set(grid.places.values())) == 2


axes = st.fixed_dictionaries(
    {
        "batch": st.lists(st.integers(1, 64), min_size=1, max_size=7, unique=True),
        "instances": st.lists(st.integers(1, 8), min_size=1, max_size=4, unique=True),
        "queue_depth": st.lists(st.integers(1, 6), min_size=1, max_size=4, unique=True),
        "option": st.fixed_dictionaries({"level": st.lists(st.sampled_from("abcd"), min_size=1, unique=True)}),
    }
)


@settings(deadline=None)
@given(axes)
def test_the_first_look_has_the_default_and_no_point_twice(keys: dict[str, Any]):
    grid = space(**keys)
    ids = {case.case_id for case in grid.cases}
    assert grid.coarse[0] == grid.cases[0].case_id
    assert len(set(grid.coarse)) == len(grid.coarse) <= len(ids)
    assert set(grid.coarse) <= ids


@settings(deadline=None)
@given(axes)
def test_every_point_can_be_reached_from_every_other(keys: dict[str, Any]):
    grid = space(**keys)
    reached, left = set[str](), [grid.cases[0].case_id]
    while left:
        each = left.pop()
        if each not in reached:
            reached.add(each)
            left += grid.beside(each)
    assert reached == {case.case_id for case in grid.cases}
