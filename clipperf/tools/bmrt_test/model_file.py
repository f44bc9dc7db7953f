"""The net and stage of a bmodel that has the batch size of a case, as ``model_tool --info`` tells them.

model_tool comes with libsophon and needs no device. Without it, or where its words are not known, bmrt_test runs what
it finds, and what that was is looked at afterwards.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass

from clipperf.errors import Unsupported
from clipperf.runners.base import Option
from clipperf.tools.bmrt_test.nets import Net, read_nets
from clipperf.tools.bmrt_test.program import beside, said_by
from clipperf.tools.bmrt_test.shapes import as_argument


@dataclass(frozen=True)
class Place:
    """A stage of a net, and the shapes to give it where it is dynamic, as an argument; else empty."""

    net: int
    stage: int
    shapes: str = ""


def nets_of(program: str, model: str) -> tuple[Net, ...]:
    """The nets of a file; none where nobody tells."""
    tool = beside(program, "model_tool")
    if tool is None or not os.path.isfile(model):
        return ()
    return _nets(tool, os.path.abspath(model), os.stat(model).st_mtime_ns)


def places_for(nets: tuple[Net, ...], batch_size: int, options: Mapping[str, Option]) -> list[Place]:
    """The stages that take the batch size, among those that the options leave.

    Raises Unsupported where none of them does; a net whose shapes are not told counts as one that may.
    """
    found, told = [], set()
    for net in nets:
        for stage, shapes in net.inputs.items():
            if str(options.get("net_idx", net.index)) != str(net.index):
                continue
            if str(options.get("stage_idx", stage)) != str(stage) or not shapes or not shapes[0]:
                continue
            top = shapes[0][0]
            told.add(f"{top}" if not net.is_dynamic else f"1 to {top}")
            if net.is_dynamic and batch_size <= top:
                wanted = [
                    (batch_size if shape[0] == top else shape[0], *shape[1:]) if shape else () for shape in shapes
                ]
                found.append(Place(net.index, stage, as_argument(wanted)))
            elif not net.is_dynamic and batch_size == top:
                found.append(Place(net.index, stage))
    if told and not found:
        raise Unsupported(
            f"--batch {batch_size}: the bmodel was compiled for batches of {', '.join(sorted(told))}, as model_tool "
            "--info tells; write {batch} into --model where the files of several sizes differ."
        )
    return found


def arguments(nets: tuple[Net, ...], batch_size: int, options: Mapping[str, Option]) -> list[tuple[str, str]]:
    """What has to be said of net, stage and shapes beside the options; nothing where that is not known for certain."""
    stages = sum(len(net.inputs) for net in nets)
    places = places_for(nets, batch_size, options)
    if len(places) != 1:
        return []
    (place,) = places
    found = []
    if stages > 1:
        found += [(key, str(value)) for key, value in (("net_idx", place.net), ("stage_idx", place.stage))]
    if place.shapes:
        found.append(("shapes", place.shapes))
    return [(key, value) for key, value in found if key not in options]


@functools.cache
def _nets(tool: str, model: str, changed_ns: int) -> tuple[Net, ...]:
    """Of the file as it was changed then."""
    del changed_ns
    printed = said_by((tool, "--info", model))
    return () if printed is None else read_nets(printed.splitlines())
