"""The commands that stand in a text above a block: which profiler, which model, which settings.

A document shows the command in one piece of code and its result in the next; a log has it where the shell or clipperf
wrote it. A command belongs to a block that it agrees with in everything that both of them tell.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from clipperf.tools.vsx_prof.blocks import Block

PROGRAM = re.compile(r"(?<![\w.])(?P<program>[A-Za-z]\w*_prof(?:\.py)?)(?![\w.])", re.ASCII)
_SHORT = {
    "m": "model_prefix",
    "d": "device_ids",
    "b": "batch_size",
    "i": "instance",
    "s": "shape",
    "q": "queue_size",
}
_WORD = re.compile(r"(?:^|/)(?P<name>[A-Za-z]\w*_prof(?:\.py)?)$", re.ASCII)
_USAGE = re.compile(r"^\s*usage:", re.IGNORECASE)
_MOST_LINES = 60


@dataclass(frozen=True)
class Spoken:
    """A command at a line: the name of the program, and its flags by their long names, as they were written."""

    line: int
    program: str
    flags: Mapping[str, str] = field(default_factory=dict)

    def number(self, name: str) -> int | None:
        """A flag's whole number; None where it is absent or not one."""
        text = self.flags.get(name, "")
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None

    @property
    def devices(self) -> tuple[str, ...]:
        """The list of device ids, each once; empty where none is given."""
        listed = re.sub(r"[\[\]()\s]", "", self.flags.get("device_ids", "")).split(",")
        return tuple(dict.fromkeys(str(int(one)) for one in listed if re.fullmatch(r"[0-9]{1,9}", one)))

    def agrees_with(self, block: Block) -> bool:
        """Whether nothing of the block was set otherwise by the command."""
        pairs = (
            (self.number("instance"), block.instances),
            (self.number("queue_size"), block.queue_size),
            (self.number("batch_size"), block.batch_size),
            (self.devices, block.devices),
        )
        is_same = all(said == shown for said, shown in pairs if said not in (None, ()) and shown not in (None, ()))
        return is_same and block.is_python in (None, self.program.endswith(".py"))


def commands_in(lines: Sequence[str]) -> list[Spoken]:
    """The commands of the family, in their order; lines are joined where a backslash ends them."""
    found = []
    number = 0
    while number < len(lines):
        begin, text = number, lines[number]
        while text.rstrip().endswith("\\") and number + 1 < len(lines) and number - begin < _MOST_LINES:
            number += 1
            text = f"{text.rstrip()[:-1]} {lines[number]}"
        number += 1
        if "_prof" in text and "-" in text and not _USAGE.match(text):
            found += _command(begin, text)
    return found


def command_of(block: Block, programs: Sequence[str], commands: Sequence[Spoken]) -> Spoken | None:
    """The last command before a block that agrees with it, and is of one of the programs where any is named."""
    before = [one for one in commands if one.line < block.begin and one.agrees_with(block)]
    # Headings leave the ending of the Python twin out; the block's own form tells the two apart.
    names = [program.removesuffix(".py") for program in programs[:1]]
    named = [one for one in before if not names or one.program.removesuffix(".py") == names[0]]
    return named[-1] if named else None


def _command(line: int, text: str) -> list[Spoken]:
    try:
        words = shlex.split(text.lstrip("$+># "), comments=False)
    except ValueError:
        return []
    place = next((place for place, word in enumerate(words) if _WORD.search(word)), None)
    if place is None:
        return []
    flags = _flags(words[place + 1 :])
    name = PurePath(words[place]).name
    return [Spoken(line, name, flags)] if flags else []


def _flags(words: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for place, word in enumerate(words):
        if not re.match(r"--?[A-Za-z]", word):
            continue
        name, equals, value = word.lstrip("-").partition("=")
        if not equals:
            value = next(iter(words[place + 1 : place + 2]), "")
        found[name if word.startswith("--") else _SHORT.get(name, name)] = value
    return found
