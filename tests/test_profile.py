"""Profiles: what every key takes in each of its forms, and what is said of everything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clipperf.errors import ProfileError, UsageError
from clipperf.profile import Profile, make_profile, overridden, read_profile, shipped_profiles

KEYS = ", ".join(Profile.model_fields)


def profile(**keys: Any) -> Profile:
    """A profile of keywords, each of which names itself as its source."""
    return make_profile(keys, {key: f"--{key}" for key in keys})


def problems(**keys: Any) -> tuple[str, ...]:
    with pytest.raises(ProfileError) as refusal:
        profile(**keys)
    return refusal.value.problems


@pytest.mark.parametrize(
    ("key", "written", "read"),
    [
        ("model", "vision", ["vision"]),
        ("model", "vision, text", ["vision", "text"]),
        ("model", ["a,b.onnx"], ["a,b.onnx"]),
        ("batch", 4, [4]),
        ("batch", "1,4, 8", [1, 4, 8]),
        ("batch", range(1, 4), [1, 2, 3]),
        ("batch", (1, "2"), [1, 2]),
        ("instances", "1,2", [1, 2]),
        ("queue_depth", 3, [3]),
        ("device", "0,1", ["0,1"]),
        ("device", 0, ["0"]),
        ("device", ["0", "0,1"], ["0", "0,1"]),
        ("device", [0, [0, 1], "0-1, 2-3"], ["0", "0,1", "0-1,2-3"]),
        ("device", "0-3+8-11", ["0-3+8-11"]),
        ("rate", "10,20.5", [10.0, 20.5]),
        ("precision", "fp32,int8", ["fp32", "int8"]),
        ("option", ["a=1,2", "b=x"], {"a": [1, 2], "b": ["x"]}),
        ("option", {"a": "1,2", "b": [True, "x", 0.5]}, {"a": [1, 2], "b": [True, "x", 0.5]}),
        ("option", "a=1", {"a": [1]}),
        ("option", ["a=b=c"], {"a": ["b=c"]}),
        ("where", "batch_size<8", "batch_size<8"),
        ("iterations", "100", 100),
        ("duration", "2.5", 2.5),
        ("warmup", 10, "10"),
        ("warmup", "2.5s", "2.5s"),
        ("warmup", "500ms", "500ms"),
        ("target_ci", "2%", 0.02),
        ("target_ci", 0.02, 0.02),
        ("shape", ["image=3,224,224"], {"image": [3, 224, 224]}),
        ("shape", {"image": [3, 224, 224], "mask": 7}, {"image": [3, 224, 224], "mask": [7]}),
        ("input", ["image=a=b.npy"], {"image": "a=b.npy"}),
        ("control", "no", False),
        ("seed", 2**31 - 1, 2**31 - 1),
    ],
)
def test_a_value_may_be_written_in_each_of_its_forms(key: str, written: Any, read: Any):
    found = getattr(profile(**{key: written}), key)
    assert found == read
    assert repr(found) == repr(read)  # 1, 1.0 and True are equal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("+4", 4),
        ("0.5", 0.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e-3", 0.001),
        ("nan", "nan"),
        ("inf", "inf"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("true", "true"),
        ("1:2.5/4:8", "1:2.5/4:8"),
        (" x ", "x"),
    ],
)
def test_a_runner_option_is_read_as_the_number_or_the_text_it_looks_like(text: str, value: Any):
    (found,) = profile(option=[f"key={text}"]).option["key"]
    assert (type(found), found) == (type(value), value)


WRONG = [
    ("name", 5, "found 5, allowed is a text"),
    ("why", ["x"], "found ['x'], allowed is a text"),
    ("model", "", "found '', allowed is a text that is not empty; catalogue names or model files"),
    ("model", "a,,b", "found '', allowed is a text that is not empty"),
    ("model", 5, "found 5, allowed is a text"),
    ("model", [], "found [], allowed is at least one value"),
    ("runner", "", "found '', allowed is a text that is not empty"),
    ("batch", "1,x", "found 'x', allowed is a whole number; batch sizes, samples per request."),
    ("batch", 0, "found 0, allowed is 1 or more"),
    ("batch", [1.5], "found 1.5, allowed is a whole number"),
    ("batch", True, "found True, allowed is a number"),
    ("batch", [], "found [], allowed is at least one value"),
    ("batch", None, "found None, allowed is a whole number"),
    ("batch", {"from": 1}, "found {'from': 1}, allowed is a whole number"),
    ("instances", "-1", "found '-1', allowed is 1 or more"),
    ("queue_depth", "deep", "found 'deep', allowed is a whole number"),
    ("device", None, "found None, allowed is device ids such as 0 or 0,1"),
    ("device", 1.5, "found 1.5, allowed is device ids such as 0 or 0,1"),
    ("device", True, "found True, allowed is device ids such as 0 or 0,1"),
    ("device", "", "found '', allowed is the form described here; a set of devices such as 0,1"),
    ("device", "0,,1", "found '0,,1', allowed is the form described here"),
    ("device", "0;1", "found '0;1', allowed is the form described here"),
    ("device", ["0", "1,0,1"], "found ['0', '1,0,1'], allowed is a device at most once in a set"),
    ("rate", 0, "found 0, allowed is a number greater than 0"),
    ("rate", "1e9", "found '1e9', allowed is 1000000 or less"),
    ("arrival", "bursty", "found 'bursty', allowed is 'poisson' or 'constant'"),
    ("precision", "", "found '', allowed is a text that is not empty"),
    ("scope", "hosts", "found 'hosts', allowed is 'host', 'pipeline', 'device-io' or 'compute'"),
    ("option", 5, "found 5, allowed is what is written NAME=VALUE; runner options, each an axis: KEY=V1,V2."),
    ("option", ["threads"], "found ['threads'], allowed is what is written NAME=VALUE"),
    ("option", ["=1"], "found ['=1'], allowed is what is written NAME=VALUE"),
    ("option", ["a="], "found ['a='], allowed is what is written NAME=VALUE"),
    ("option", ["a=1", "a=2"], "allowed is each name once, with all its values: a=V1,V2"),
    ("option", {"a": None}, "allowed is numbers, texts, true and false"),
    ("option", {"a": {"b": 1}}, "allowed is numbers, texts, true and false"),
    ("option", {"a": [float("nan")]}, "allowed is numbers, texts, true and false"),
    ("option", {"a": []}, "(at a): found [], allowed is at least one value"),
    ("option", {1: 2}, "found 1, allowed is a text"),
    ("where", 5, "found 5, allowed is a text"),
    ("iterations", 0, "found 0, allowed is 1 or more"),
    ("iterations", "many", "found 'many', allowed is a whole number"),
    ("duration", 0, "found 0, allowed is a number greater than 0"),
    ("duration", "2s", "found '2s', allowed is a number"),
    ("duration", "inf", "found 'inf', allowed is a number that is not infinite"),
    ("warmup", "3 s", "found '3 s', allowed is the form described here; before the window: requests of every slot"),
    ("warmup", -1, "found '-1', allowed is the form described here"),
    ("warmup", None, "found None, allowed is a text"),
    ("target_ci", "x%", "found 'x%', allowed is a share"),
    ("target_ci", 1, "found 1, allowed is a number less than 1"),
    ("max_duration", -1, "found -1, allowed is a number greater than 0"),
    ("timeout_ms", 0, "found 0, allowed is a number greater than 0"),
    ("case_timeout", 0, "found 0, allowed is a number greater than 0"),
    ("repeat", 0, "found 0, allowed is 1 or more"),
    ("order", "random", "found 'random', allowed is 'shuffled' or 'listed'"),
    ("control", "maybe", "found 'maybe', allowed is true or false"),
    ("require_idle", "please", "found 'please', allowed is true or false"),
    ("int8", "fast", "found 'fast', allowed is 'static' or 'dynamic'"),
    ("verify", "a bit", "found 'a bit', allowed is true or false"),
    ("vendor_multi_device", "often", "found 'often', allowed is true or false"),
    ("seed", -1, "found -1, allowed is 0 or more"),
    ("seed", 2**31, "found 2147483648, allowed is a number less than 2147483648"),
    ("shape", ["image"], "found ['image'], allowed is what is written NAME=VALUE"),
    ("shape", ["image=3,x"], "(at image): found 'x', allowed is a whole number"),
    ("shape", {"image": 0}, "(at image): found 0, allowed is 1 or more"),
    ("input", "image.npy", "found 'image.npy', allowed is what is written NAME=VALUE"),
    ("input", {"image": 1}, "(at image): found 1, allowed is a text"),
    ("worker_python", 3.8, "found 3.8, allowed is a text"),
]


@pytest.mark.parametrize(("key", "value", "sentence"), WRONG, ids=[f"{key}={value!r}" for key, value, _ in WRONG])
def test_a_wrong_value_is_named_with_its_key_and_what_is_allowed(key: str, value: Any, sentence: str):
    (problem,) = problems(**{key: value})
    assert problem.startswith(f"--{key}")
    assert sentence in problem
    assert problem.endswith(f"{Profile.model_fields[key].description}.")


def test_every_key_has_a_wrong_value_above():
    assert {key for key, _, _ in WRONG} == set(Profile.model_fields)


def test_an_unknown_key_is_named_with_the_nearest_and_all_valid_ones():
    assert problems(bach=1, zzz=2) == (
        "--bach: there is no such key; did you mean batch?",
        "--zzz: there is no such key.",
        f"Valid keys are {KEYS}.",
    )


def test_all_problems_are_told_at_once():
    found = problems(bach=1, order="random", seed=-1, batch="1,x,0", iterations=5, duration=2, option=7)
    assert [problem.partition(":")[0] for problem in found] == [
        "--iterations and --duration",
        "--batch",
        "--batch",
        "--option",
        "--order",
        "--seed",
        "--bach",
        f"Valid keys are {KEYS}.",
    ]


def test_iterations_and_duration_exclude_each_other():
    assert problems(iterations=5, duration=2) == (
        "--iterations and --duration: both fix the length of the window; give one of them.",
    )


def test_a_problem_in_a_file_has_the_path_of_its_key():
    keys = {"batch": [1, "x"], "shape": {"image": [3, 0]}, "oder": "listed"}
    with pytest.raises(ProfileError) as refusal:
        make_profile(keys, {key: f"my.yaml, key {key}" for key in keys})
    places = [problem.partition(":")[0] for problem in refusal.value.problems]
    assert places[:3] == ["my.yaml, key batch.1", "my.yaml, key shape.image.1", "my.yaml, key oder"]


def test_flags_override_the_keys_of_a_file():
    stored = {"model": "vision", "batch": [1, 2], "duration": 1}
    assert overridden(stored, {"batch": "8"}) == {"model": "vision", "batch": "8", "duration": 1}


def test_flags_override_options_shapes_and_inputs_name_by_name():
    stored = {"option": {"threads": [1, 2], "exact": True}, "shape": ["a=1,2", "b=3"]}
    merged = overridden(stored, {"option": ["threads=4", "mode=fast"], "shape": ["b=5"]})
    assert profile(**merged).option == {"threads": [4], "exact": [True], "mode": ["fast"]}
    assert profile(**merged).shape == {"a": [1, 2], "b": [5]}


@pytest.mark.parametrize(("stored", "given"), [(["a=1"], ["b"]), ({"a": 1}, ["b"]), (["a"], ["b=1"]), (5, ["b=1"])])
def test_what_is_no_option_is_refused_also_where_a_flag_overrides(stored: Any, given: Any):
    assert "allowed is what is written NAME=VALUE" in problems(**overridden({"option": stored}, {"option": given}))[0]


def test_a_length_overrides_the_other_length_of_a_file():
    assert overridden({"duration": 1, "warmup": "1s"}, {"iterations": 20}) == {"iterations": 20, "warmup": "1s"}
    assert overridden({"iterations": 20}, {"duration": 1}) == {"duration": 1}
    assert overridden({"duration": 1}, {"iterations": None}) == {"duration": 1, "iterations": None}


def test_shipped_profiles_are_there_by_name():
    assert {"smoke", "text", "vision"} <= set(shipped_profiles())


@pytest.mark.parametrize("name", shipped_profiles())
def test_a_shipped_profile_can_be_made_and_says_why_it_exists(name: str):
    keys, path = read_profile(name)
    assert path.name == f"{name}.yaml"
    assert len(make_profile(keys, {}).why.split()) >= 10


def test_an_unknown_profile_is_refused_with_the_shipped_ones():
    with pytest.raises(UsageError) as refusal:
        read_profile("smok")
    assert str(refusal.value) == (
        f"--profile smok: there is no such shipped profile ({', '.join(shipped_profiles())}); for one of your own give "
        "the path of its .yaml file."
    )


def test_a_profile_of_one_s_own_is_read_from_its_path(tmp_path: Path):
    path = tmp_path / "mine.yml"
    path.write_text("model: text\nbatch: [1, 2]\n")
    assert read_profile(str(path)) == ({"model": "text", "batch": [1, 2]}, path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, r"the file cannot be read \(No such file or directory\)"),
        (b"model: [vision", "the file is not valid YAML"),
        (b"model: \xff", "the file is not valid YAML"),
        (b"", "the file must hold keys and values such as 'model: vision'"),
        (b"- model", "the file must hold keys and values"),
        (b"1: 2", "the file must hold keys and values"),
        (b"model: !!python/object/apply:os.system [exit]", "the file is not valid YAML"),
    ],
)
def test_a_file_that_is_no_profile_is_refused_with_the_reason(content: bytes | None, reason: str, tmp_path: Path):
    path = tmp_path / "mine.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=f"--profile {path}: {reason}"):
        read_profile(str(path))
