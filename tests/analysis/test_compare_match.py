import pytest
from rows import Row, frame, row

from clipperf.analysis.compare_match import check_across, match, refusals
from clipperf.errors import UsageError
from clipperf.results.axes import differing
from clipperf.results.frame import records


def rows(*made: Row) -> list[Row]:
    return records(frame(*made))


def batches(found: tuple[Row, ...]) -> list[int]:
    return [one["batch_size"] for one in found]


def test_cases_are_the_same_where_every_axis_is():
    a = rows(row(1), row(2), row(2, repeat=1), row(4, options='{"threads": 1, "mode": "x"}'))
    b = rows(row(4, options='{"mode": "x", "threads": 1}'), row(2), row(8))
    found = match(a, b, ())
    assert [(batches(of_a), batches(of_b)) for of_a, of_b in found.cases] == [([2, 2], [2]), ([4], [4])]
    assert (batches(found.only_a), batches(found.only_b)) == ([1], [8])


@pytest.mark.parametrize(
    "changed",
    [
        {"model": "other"}, {"precision": "int8"}, {"runner": "openvino"}, {"device": "2-3"}, {"instances": 2},
        {"queue_depth": 2}, {"loop": "open"}, {"arrival": "poisson"}, {"offered_rate": 5.0}, {"scope": "pipeline"},
        {"options": '{"threads": 2}'},
    ],
)  # fmt: skip
def test_any_axis_keeps_cases_apart_unless_matched_across(changed: Row):
    a, b = rows(row()), rows(row(**changed))
    (name,) = changed
    assert not match(a, b, ()).cases
    assert differing(a, b) == ["threads" if name == "options" else name]
    assert len(match(a, b, (name,)).cases) == 1


def test_across_one_option_of_several():
    a = rows(*(row(options=f'{{"threads": 1, "units": {units}}}') for units in (1, 2)))
    b = rows(*(row(options=f'{{"threads": 4, "units": {units}}}') for units in (1, 2)))
    assert len(match(a, b, ("threads",)).cases) == 2


@pytest.mark.parametrize("cell", [None, "{}", ""])
def test_no_options_are_no_options(cell: str | None):
    assert match(rows(row(options=cell)), rows(row(options=None)), ()).cases


def test_options_that_are_no_json_object_are_compared_as_they_are():
    assert match(rows(row(options="-t 4")), rows(row(options="-t 4")), ()).cases
    assert not match(rows(row(options="-t 4")), rows(row(options="[4]")), ()).cases


def test_across_an_axis_of_which_a_side_has_several_values():
    with pytest.raises(UsageError, match=r"--across runner: A has several values .*\(onnxruntime and openvino\)"):
        match(rows(row(), row(runner="openvino")), rows(row()), ("runner",))


def test_across_something_that_is_not_there():
    given = rows(row(options='{"threads": 1}'))
    check_across(["threads", "options", "host", "runner"], given)
    with pytest.raises(UsageError, match=r"--across colour: take one or more of model, .* or of the options threads\."):
        check_across(["colour"], given)
    with pytest.raises(UsageError, match=r"schema_version\.$"):
        check_across(["colour"], rows(row()))


@pytest.mark.parametrize(
    "changed",
    [
        {"model_sha256": "ab"}, {"precision_ran": "fp16"}, {"provider_ran": "CUDA"}, {"runner_version": "1.24.0"},
        {"driver_version": "2"}, {"host": "crate"}, {"measured_by": "mm_run"}, {"schema_version": 2},
    ],
)  # fmt: skip
def test_what_must_agree_is_refused_with_the_flag_that_allows_it(changed: Row):
    a, b = rows(row()), rows(row(**changed))
    ((name, value),) = changed.items()
    (sentence,) = refusals(a, b, ()).values()
    was = row().get(name, "none")
    assert sentence == f"{name} differs: {was} in A, {value} in B; compare all the same with --across {name}."
    assert refusals(a, b, (name,)) == {}


def test_another_runner_brings_another_version_along_and_another_host_does_not():
    a, b = rows(row()), rows(row(runner="openvino", runner_version="2025.3", provider_ran="CPU", host="crate"))
    assert list(refusals(a, b, ("runner",))) == ["host"]
    a, b = rows(row()), rows(row(options='{"provider": "cuda"}', provider_ran="CUDA"))
    assert list(refusals(a, b, ("provider",))) == list(refusals(a, b, ("options",))) == []


def test_a_side_of_two_versions_is_no_side():
    mixed = rows(row(), row(runner_version="1.24.0", repeat=1))
    (sentence,) = refusals(rows(row()), mixed, ("runner_version",)).values()
    assert sentence == "runner_version differs: 1.23.0 in A, 1.23.0, 1.24.0 in B; compare folders with one each."
