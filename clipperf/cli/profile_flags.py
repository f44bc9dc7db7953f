"""One flag for each key of a profile, for the verbs that measure; files, flags and their sources put together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

import click

from clipperf.profile import Profile, make_profile, overridden, read_profile, sources_in

SEVERAL = ("device", "option", "shape", "input")
_METAVARS = {"option": "KEY=V1,V2", "shape": "NAME=DIMS", "input": "NAME=FILE", "device": "IDS"}
_NOT_FLAGS = ("name", "why")


def profile_flags(function: Callable[..., Any], leave_out: Collection[str] = ()) -> Callable[..., Any]:
    """One flag for each key of a profile; texts all, so that every problem is found in one place and told at once."""
    for key, field in reversed(Profile.model_fields.items()):
        if key in _NOT_FLAGS or key in leave_out:
            continue
        flag, said = f"--{key.replace('_', '-')}", _sentence(field.description or "")
        if isinstance(field.default, bool):
            shown = f"{said}  [default: {flag if field.default else 'no'}]"
            function = click.option(f"{flag}/--no-{flag[2:]}", key, default=None, help=shown)(function)
            continue
        default = field.default if isinstance(field.default, str | int | float) else _listed(field.default)
        function = click.option(
            flag,
            key,
            multiple=key in SEVERAL,
            metavar=_METAVARS.get(key) or _choices(field.annotation) or "VALUE",
            help=f"{said}  [default: {default}]" if default not in ("", None) else said,
        )(function)
    return function


def _sentence(description: str) -> str:
    return f"{description[:1].upper()}{description[1:]}."


def _choices(annotation: Any) -> str:
    """The words of a key that takes one of some, also where it may be left out."""
    alone = [one for one in (annotation, *get_args(annotation)) if get_origin(one) is Literal]
    return "|".join(get_args(alone[0])) if alone else ""


def _listed(default: Iterable[Any] | None) -> str:
    return ",".join(map(str, default or ()))


@dataclass(frozen=True)
class Keys:
    """Keys of a profile, and of each where it came from."""

    values: Mapping[str, Any]
    sources: Mapping[str, str]

    def over(self, under: Keys) -> Keys:
        """These keys over others, as flags go over a file."""
        return Keys(overridden(under.values, self.values), {**under.sources, **self.sources})

    def profile(self) -> Profile:
        """The profile of these keys; raises ProfileError with every problem."""
        return make_profile(self.values, self.sources)


def keys_of_file(name: str) -> Keys:
    """The keys of a profile by name or path."""
    stored, path = read_profile(name)
    keys = {"name": path.stem, **stored}
    return Keys(keys, sources_in(path, keys))


def keys_of_flags(flags: Mapping[str, Any]) -> Keys:
    """The keys of those flags that were given."""
    values = {key: list(value) if key in SEVERAL else value for key, value in flags.items() if value not in (None, ())}
    sources = {}
    for key, value in values.items():
        flag = flag_of(key, value)
        sources[key] = flag if isinstance(value, bool) else f"{flag} {f' {flag} '.join(_texts(value))}"
    return Keys(values, sources)


def flag_of(key: str, value: Any = None) -> str:
    """The flag of a key, as it was given."""
    return f"--{'no-' if value is False else ''}{key.replace('_', '-')}"


def _texts(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
