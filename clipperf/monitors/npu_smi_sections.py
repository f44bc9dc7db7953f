r"""The texts of ``npu-smi info -t …``: lines of key and value, in sections of one chip each.

Facts (npu-smi's own source): a line is ``\tKEY<padding> : VALUE``. In ``usages``, ``power`` and ``temp`` the keys of a
chip come before its line ``Chip ID``, in ``common`` after it; the board's controller is a section named by ``Chip Name
: mcu``. Where the two orders cannot be told apart, nothing is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Mapping

from clipperf.monitors.device_text import complete_lines

_LINE = re.compile(r"\s*(\S(?:[^:]*[^\s:])?)\s*:\s*(\S(?:.*\S)?)?\s*")
_CONTROLLER = "mcu"


@dataclass(frozen=True)
class Sections:
    """Values by key, in small letters and without a blank before a bracket, of each chip and of the controller.

    ``chipless`` are those of a text that names no chip at all.
    """

    chips: Mapping[str, Mapping[str, str]]
    controller: Mapping[str, str]
    chipless: Mapping[str, str]


NOTHING = Sections({}, {}, {})


def sections_of(text: str, npu: str) -> Sections:
    """The sections of a text about the NPU of that id; none where it is about another, or its order is not known."""
    pairs = [pair for pair in map(_pair, complete_lines(text)) if pair is not None]
    if any(value != npu for key, value in pairs if key == "npu id"):
        return NOTHING
    pairs = [(key, value) for key, value in pairs if key not in ("npu id", "chip count")]
    heads = [place for place, (key, _) in enumerate(pairs) if key in ("chip id", "chip name")]
    if not heads:
        return Sections({}, {}, _agreed(pairs))
    is_first, is_last = heads[0] == 0, heads[-1] == len(pairs) - 1
    if is_first == is_last:
        return NOTHING
    if is_first:
        ends = [*heads[1:], len(pairs)]
        parts = [(pairs[head], pairs[head + 1 : end]) for head, end in zip(heads, ends)]
    else:
        begins = [0, *(head + 1 for head in heads[:-1])]
        parts = [(pairs[head], pairs[begin:head]) for begin, head in zip(begins, heads)]
    return _named(parts)


def _pair(line: str) -> tuple[str, str] | None:
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    return re.sub(r"\s+\(", "(", " ".join(found[1].split())).lower(), found[2] or ""


def _named(parts: list[tuple[tuple[str, str], list[tuple[str, str]]]]) -> Sections:
    """A chip that has two sections has none: which of them holds cannot be known."""
    chips: dict[str, Mapping[str, str]] = {}
    controller: list[Mapping[str, str]] = []
    twice = set()
    for (key, value), body in parts:
        if key == "chip name":
            controller += [_agreed(body)] if value.lower() == _CONTROLLER else []
        elif value in chips:
            twice.add(value)
        else:
            chips[value] = _agreed(body)
    kept = {chip: values for chip, values in chips.items() if chip not in twice}
    return Sections(kept, controller[0] if len(controller) == 1 else {}, {})


def _agreed(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Values by key, without those keys that stand there with several values."""
    values: dict[str, set[str]] = {}
    for key, value in pairs:
        values.setdefault(key, set()).add(value)
    return {key: found.pop() for key, found in values.items() if len(found) == 1}
