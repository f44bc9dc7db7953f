"""Makes a profile of keys, or one sentence of every problem that they have."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from clipperf.errors import ProfileError
from clipperf.profile.keys import Profile
from clipperf.profile.values import as_pairs

MAPPINGS = ("option", "shape", "input")
"""Keys that hold names and values; overriding one of these replaces the names that are given and keeps the others."""

_LENGTHS = ("iterations", "duration")


def overridden(stored: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a file with those that flags or keywords override."""
    fixes_length = any(given.get(length) is not None for length in _LENGTHS)
    kept = {key: value for key, value in stored.items() if key not in _LENGTHS or not fixes_length}
    return {**kept, **{key: _joined(key, stored.get(key), value) for key, value in given.items()}}


def _joined(key: str, stored: Any, given: Any) -> Any:
    if key not in MAPPINGS or stored is None:
        return given
    for value in (stored, given):
        try:
            as_pairs(value)
        except ValueError:
            return value  # to be refused with the other problems
    return {**as_pairs(stored), **as_pairs(given)}


def make_profile(keys: Mapping[str, Any], sources: Mapping[str, str]) -> Profile:
    """The profile of these keys; ``sources`` says of each key where it came from, for the sentences of ProfileError."""
    problems = []
    if all(keys.get(length) is not None for length in _LENGTHS):
        places = " and ".join(sources.get(length, f"key {length}") for length in _LENGTHS)
        problems.append(f"{places}: both fix the length of the window; give one of them.")
    try:
        profile = Profile.model_validate(dict(keys))
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems += [_sentence(problem, sources) for problem in found]
        if any(problem["type"] == "extra_forbidden" for problem in found):
            problems.append(f"Valid keys are {', '.join(Profile.model_fields)}.")
    if problems:
        raise ProfileError(problems)
    return profile


def _sentence(problem: Mapping[str, Any], sources: Mapping[str, str]) -> str:
    key, *inner = (str(part) for part in problem["loc"])
    place = _place(key, inner, sources.get(key, f"key {key}"))
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, Profile.model_fields, 1)
        return f"{place}: there is no such key{f'; did you mean {near[0]}?' if near else '.'}"
    tell = _ALLOWED.get(problem["type"])
    allowed = tell(problem.get("ctx", {})) if tell else problem["msg"]
    return f"{place}: found {problem['input']!r}, allowed is {allowed}; {Profile.model_fields[key].description}."


def _place(key: str, inner: list[str], source: str) -> str:
    """Where in a file, by the path of the key; a flag is short enough to be quoted whole."""
    if key not in source.replace("-", "_"):
        source = f"{source}, key {key}"
    if re.search(rf"\bkey (\w+\.)?{re.escape(key)}$", source):
        return ".".join([source, *inner])
    names = [part for part in inner if not part.isdigit() and part != "[key]"]
    return f"{source} (at {'.'.join(names)})" if names else source


_ALLOWED: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "value_error": lambda context: str(context["error"]),
    "bool_parsing": lambda _: "true or false",
    "bool_type": lambda _: "true or false",
    "dict_type": lambda _: "names with values",
    "finite_number": lambda _: "a number that is not infinite",
    "float_parsing": lambda _: "a number",
    "float_type": lambda _: "a number",
    "greater_than": lambda context: f"a number greater than {context['gt']:.10g}",
    "greater_than_equal": lambda context: f"{context['ge']:.10g} or more",
    "int_from_float": lambda _: "a whole number",
    "int_parsing": lambda _: "a whole number",
    "int_type": lambda _: "a whole number",
    "less_than": lambda context: f"a number less than {context['lt']:.10g}",
    "less_than_equal": lambda context: f"{context['le']:.10g} or less",
    "literal_error": lambda context: str(context["expected"]),
    "string_pattern_mismatch": lambda _: "the form described here",
    "string_too_short": lambda _: "a text that is not empty",
    "string_type": lambda _: "a text",
    "too_short": lambda _: "at least one value",
}
"""What a kind of problem of pydantic's calls for, in plain words."""
