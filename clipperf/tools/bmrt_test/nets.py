"""The nets and stages of a bmodel with the shapes of their inputs, as bmrt_test and ``model_tool --info`` tell them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_DIMS = r"(?:max:)?[0-9]{1,9}(?:[ ,]+(?:max:)?[0-9]{1,9}){0,15}"
_NET = re.compile(r"NetName: (?P<net>.{1,300}?)(?:, Index=(?P<index>[0-9]{1,6}).*|, Cascade)?\s*$")
_TOOL_NET = re.compile(r"^\s*net (?P<index>[0-9]{1,6}): \[(?P<net>.{1,300})\]\s+(?P<kind>static|dynamic)\b")
_STAGE = re.compile(r"(?:-{3,}|^)\s*stage (?P<stage>[0-9]{1,6})\b")
_INPUT = re.compile(rf"\bInput (?P<place>[0-9]{{1,4}})\) '.{{0,300}}?' shape=\[\s*(?P<dims>{_DIMS})\s*\]")
_TOOL_INPUT = re.compile(rf"^\s*input: [^,]{{1,300}}, \[\s*(?P<dims>{_DIMS})\s*\]")


@dataclass(frozen=True)
class Net:
    """A net by its index; ``inputs`` are the shapes of every input by stage, the largest where it is dynamic.

    ``is_dynamic`` is None where it is not told.
    """

    name: str
    index: int
    is_dynamic: bool | None
    inputs: Mapping[int, tuple[tuple[int, ...], ...]]

    def batch(self, stage: int, elements: int | None = None) -> int | None:
        """The top dimension of the first input of a stage; by its number of elements where those are known.

        A dynamic net is told with its largest shapes, so that the elements say what was really given.
        """
        shapes = self.inputs.get(stage, ())
        if not shapes or not shapes[0]:
            return None
        rest = math.prod(shapes[0][1:])
        if elements is None:
            return None if self.is_dynamic else shapes[0][0] or None
        return elements // rest if rest and elements and elements % rest == 0 else None


class NetReader:
    """Gathers nets from lines, those that are none passed over."""

    def __init__(self) -> None:
        self._nets: dict[int, tuple[str, bool | None, dict[int, list[tuple[int, ...]]]]] = {}
        self._shapes: list[tuple[int, ...]] | None = None
        self._stages: dict[int, list[tuple[int, ...]]] | None = None

    def take(self, text: str) -> bool:
        """One more line; whether it is about the nets."""
        if found := _TOOL_NET.match(text):
            self._begin(int(found["index"]), found["net"], found["kind"] == "dynamic")
        elif "NetName: " in text and (found := _NET.search(text)):
            index = found["index"]
            self._begin(len(self._nets) if index is None else int(index), found["net"], None)
        elif self._stages is not None and (found := _STAGE.search(text)):
            self._shapes = self._stages[int(found["stage"])] = []
        elif self._shapes is not None and (found := _INPUT.search(text) or _TOOL_INPUT.match(text)):
            self._shapes.append(_dims(found["dims"]))
        else:
            return False
        return True

    def nets(self) -> tuple[Net, ...]:
        """All that were told so far, by index."""
        return tuple(
            Net(name, index, is_dynamic, {stage: tuple(shapes) for stage, shapes in stages.items()})
            for index, (name, is_dynamic, stages) in sorted(self._nets.items())
        )

    def _begin(self, index: int, name: str, is_dynamic: bool | None) -> None:
        stages: dict[int, list[tuple[int, ...]]] = {}
        self._nets[index] = name, is_dynamic, stages
        self._stages, self._shapes = stages, None


def begins_net(text: str) -> bool:
    """Whether a line is the first of a net."""
    return _TOOL_NET.match(text) is not None or _NET.search(text) is not None


def read_nets(lines: Iterable[str]) -> tuple[Net, ...]:
    """The nets in a text."""
    reader = NetReader()
    for line in lines:
        reader.take(line)
    return reader.nets()


def _dims(text: str) -> tuple[int, ...]:
    return tuple(int(dim) for dim in text.replace("max:", "").replace(",", " ").split())
