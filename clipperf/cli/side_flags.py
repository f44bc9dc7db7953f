"""The two profiles of ``ab``: what both sides share, and what ``--a`` and ``--b`` say of one."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from functools import partial
from typing import Any

import click

from clipperf.cli.profile_flags import Keys, keys_of_file, keys_of_flags, profile_flags
from clipperf.errors import ProfileError, UsageError
from clipperf.profile import Profile

WITHOUT = ("repeat", "order", "control")
"""Keys without meaning here, as pairs stand for repeats and take turns; a profile may have them all the same."""


def profiles_of(file: str | None, shared: Keys, a: Sequence[str], b: Sequence[str]) -> tuple[Profile, Profile]:
    """The profiles of A and B; raises ProfileError with every problem of either, each told once.

    Each text of ``a`` and ``b`` is flags or a profile. Files go under flags, and what is shared under what a side has
    of its own.
    """
    profiles, problems = [], {}
    for name, texts in (("--a", a), ("--b", b)):
        flags = [text for text in texts if not text or text.startswith("-")]
        keys = Keys({}, {})
        for own_file in [*([file] if file else []), *(text for text in texts if text not in flags)]:
            keys = keys_of_file(own_file).over(keys)
        keys = shared.over(keys)
        for text in flags:
            keys = _read(name, text).over(keys)
        values = {key: value for key, value in keys.values.items() if key not in WITHOUT}
        try:
            profiles.append(Keys(values, keys.sources).profile())
        except ProfileError as error:
            problems.update(dict.fromkeys(error.problems))
    if problems:
        raise ProfileError(list(problems))
    of_a, of_b = profiles
    return of_a, of_b


@click.command("side", add_help_option=False)
@partial(profile_flags, leave_out=WITHOUT)
def _side(**flags: Any) -> Keys:
    return keys_of_flags(flags)


def _read(name: str, text: str) -> Keys:
    try:
        keys = _side.main(shlex.split(text), standalone_mode=False)
    except (click.UsageError, ValueError) as error:
        told = error.format_message() if isinstance(error, click.UsageError) else f"{error}."
        raise UsageError(f'{name} "{text}": {told}') from None
    assert isinstance(keys, Keys)
    return keys
