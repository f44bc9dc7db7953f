from collections import Counter
from pathlib import Path

import pytest

from clipperf.errors import ProfileError, UsageError
from clipperf.plan import Case
from clipperf.profile import Profile, make_profile
from clipperf.results.folder import ENVIRONMENT, RESULTS, read_json
from clipperf.results.frame import read_rows
from clipperf.sweeping.display import Silent
from clipperf.sweeping.interleaved import Turn, resume_in_turn, start_in_turn, turns
from clipperf.sweeping.planning import Plan
from clipperf.sweeping.preflight import RunnerFacts
from clipperf.sweeping.sides import Sides, make_sides, pair_cases

FACTS = RunnerFacts("1", "", (), ("0",), (), {}, True, True, True, ())


def profile(**keys: object) -> Profile:
    return make_profile({"runner": "simulated", "iterations": 5, "warmup": "1", **keys}, {})


def case(batch: int = 1, **options: float) -> Case:
    return Case("any", "fp32", batch, "simulated", "0", 1, 1, "host", tuple(options.items()))


def sides(*cases: tuple[Case, Case], seed: int = 0) -> Sides:
    a, b = (Plan(profile(seed=seed), FACTS, side, {}) for side in zip(*cases, strict=True))
    return Sides(a, b, cases)


def letters(found: list[Turn]) -> str:
    return "".join(turn.side for turn in found)


def test_a_b_b_a():
    found = list(turns(sides((case(execute_ms=1.0), case(execute_ms=2.0))), 5))
    assert letters(found) in ("ABBAABBAAB", "BAABBAABBA")
    assert [turn.repeat for turn in found] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert [turn.pair for turn in found] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_which_side_begins_is_drawn_for_each_case_and_seed():
    begins = Counter()
    for seed in range(40):
        first = next(turns(sides((case(execute_ms=1.0), case(execute_ms=2.0)), seed=seed), 2))
        begins[first.side] += 1
    assert min(begins["A"], begins["B"]) >= 10
    two = sides((case(execute_ms=1.0), case(execute_ms=2.0)), seed=3)
    assert list(turns(two, 4)) == list(turns(two, 4))


def test_every_pair_has_every_case_once_on_both_sides_and_side_by_side():
    found = list(turns(sides(*((case(batch, x=1.0), case(batch, x=2.0)) for batch in (1, 2, 4, 8))), 6))
    assert len(found) == 48
    for one, other in zip(found[::2], found[1::2], strict=True):
        assert {one.side, other.side} == {"A", "B"}
        assert (one.pair, one.case.batch_size) == (other.pair, other.case.batch_size)
    assert all(len({turn.case.batch_size for turn in found if turn.pair == pair}) == 4 for pair in range(6))
    orders = {tuple(turn.case.batch_size for turn in found if turn.pair == pair) for pair in range(6)}
    assert len(orders) > 1
    for batch in (1, 2, 4, 8):
        assert letters([turn for turn in found if turn.case.batch_size == batch]) in ("ABBA" * 3, "BAAB" * 3)


def test_two_sides_of_the_same_case_keep_their_rows_apart():
    found = list(turns(sides((case(), case())), 3))
    assert len({(turn.case.case_id, turn.repeat) for turn in found}) == 6
    by_side = {side: [turn.repeat // 2 for turn in found if turn.side == side] for side in "AB"}
    assert by_side == {"A": [0, 1, 2], "B": [0, 1, 2]}


def test_cases_are_paired_by_what_both_sides_share():
    a = (case(1, threads=1), case(8, threads=1))
    b = (case(8, threads=2), case(1, threads=2))
    assert pair_cases(a, b) == ((a[0], b[1]), (a[1], b[0]))
    assert pair_cases(a, a) == tuple(zip(a, a, strict=True))
    assert pair_cases((case(1),), (case(8),)) == ((case(1), case(8)),)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((case(1), case(2)), (case(1),)),
        ((case(1), case(2)), (case(2), case(4))),
        ((case(1, threads=1), case(1, threads=2)), (case(1, threads=3), case(1, threads=4))),
    ],
)
def test_cases_that_are_no_pairs(a: tuple[Case, ...], b: tuple[Case, ...]):
    with pytest.raises(ProfileError, match="are no pairs"):
        pair_cases(a, b)


def test_every_problem_of_both_sides_is_told_once():
    with pytest.raises(ProfileError) as told:
        make_sides(
            profile(option={"execute_ms": ["x"]}, model="any"),
            profile(option={"execute_ms": ["x"]}, warmup="2", duration=1.0, iterations=None),
        )
    *unlike, option = told.value.problems
    alike = "A and B have to be measured alike, but "
    assert unlike == [
        f"{alike}iterations is 5 in A and none in B; give --iterations once, for both.",
        f"{alike}duration is none in A and 1 in B; give --duration once, for both.",
        f"{alike}warmup is 1 in A and 2 in B; give --warmup once, for both.",
    ]
    assert option.startswith("--option execute_ms=x: ")
    with pytest.raises(ProfileError, match=r"^A: --option units=0: .*\nB: --option execute_ms=x: "):
        make_sides(profile(option={"units": [0]}), profile(option={"execute_ms": ["x"]}))


def test_a_run_is_gone_on_with_after_a_kill(tmp_path: Path):
    both = make_sides(profile(option={"execute_ms": [1.0]}), profile(option={"execute_ms": [0.5]}))
    path = start_in_turn(both, 2, tmp_path / "run", Silent())
    whole = read_rows(path / RESULTS)
    assert sorted(whole["side"]) == ["A", "A", "B", "B"]
    assert whole["load_s"].notna().all(), "every measurement has fresh workers"
    assert {file.name for file in (path / "samples").iterdir()} == {
        f"{row.case_id}-{row.repeat}.npz" for row in whole.itertuples()
    }
    assert read_json(path / ENVIRONMENT)["runner"].keys() == {"A", "B"}
    lines = (path / RESULTS).read_text().splitlines(keepends=True)
    (path / RESULTS).write_text("".join(lines[:3]) + lines[3][:20])
    resume_in_turn(path, Silent())
    again = read_rows(path / RESULTS)
    for column in ("side", "case_id", "repeat"):
        assert list(again[column]) == list(whole[column])


@pytest.mark.parametrize("stored", ["model: any\n", "pairs: two\na: {}\nb: {}\n", "pairs: 2\na: x\nb: {}\n"])
def test_what_is_no_run_of_two_sides_is_refused(stored: str, tmp_path: Path):
    (tmp_path / "results.csv").write_text("")
    (tmp_path / "profile.yaml").write_text(stored)
    with pytest.raises(UsageError, match="was not begun by clipperf ab; try clipperf sweep --resume"):
        resume_in_turn(tmp_path, Silent())


def test_a_wrong_value_of_a_side_is_told_with_its_key(tmp_path: Path):
    (tmp_path / "results.csv").write_text("")
    (tmp_path / "profile.yaml").write_text("pairs: 2\na: {model: any, batch: [1, 0]}\nb: {model: any}\n")
    with pytest.raises(
        ProfileError, match=rf"^{tmp_path}/profile\.yaml, key a\.batch\.1: found 0, allowed is 1 or more"
    ):
        resume_in_turn(tmp_path, Silent())
