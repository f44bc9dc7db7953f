"""The command lines of bmrt_test that stand in a text, as a shell, a script or clipperf wrote them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

_PROGRAM = re.compile(r"(?:^|[/\s$])bmrt_test(?=\s+-)")
_MOST_CHARACTERS = 10_000


@dataclass(frozen=True)
class Spoken:
    """The flags of a command by their names, as they were written."""

    flags: Mapping[str, str]

    def number(self, name: str) -> int | None:
        """A flag's whole number; None where it is absent or not one."""
        text = self.flags.get(name, "")
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None

    @property
    def groups(self) -> int:
        """How many groups of cores run at once: those between the colons of ``--core_list``."""
        return len([group for group in self.flags.get("core_list", "").split(":") if group.strip()]) or 1

    @property
    def batch(self) -> int | None:
        """The top dimension of the first of ``--shapes``."""
        found = re.match(r"\s*\[\s*([0-9]{1,9})\b", self.flags.get("shapes", ""))
        return int(found[1]) or None if found else None


def spoken_in(text: str) -> Spoken | None:
    """The command that a line holds; None where it holds none."""
    found = _PROGRAM.search(text) if "bmrt_test" in text and len(text) < _MOST_CHARACTERS else None
    if found is None:
        return None
    try:
        words = shlex.split(text[found.end() :])
    except ValueError:
        return None
    return flags_in(words)


def flags_in(words: list[str]) -> Spoken:
    """The flags among the words of a command line; ``--dev``, the beginning of a name, is one that tpu-perf gives."""
    flags: dict[str, str] = {}
    for place, word in enumerate(words):
        if not re.match(r"--[a-z]", word):
            continue
        name, equals, value = word[2:].partition("=")
        if not equals:
            value = next((each for each in words[place + 1 : place + 2] if not each.startswith("--")), "")
        flags["devid" if name.startswith("dev") else name] = value
    return Spoken(flags)
