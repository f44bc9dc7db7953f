"""A net of a .bmodel file as SAIL tells of it, and what SAIL leaves unchecked: names, ranks and dimensions.

SAIL dies by a wrong name of a net, runs on old data where an input is missing, and in its tensor form launches whatever
dimensions it is given. A file of several stages tells the largest dimensions alone, and which others it was compiled
for shows only when one is tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from clipperf.errors import Unsupported
from clipperf.runners.base import Option, Signature, Tensor
from clipperf.runners.sail_types import Port


@dataclass(frozen=True)
class Net:
    """One net; ``is_dynamic`` is False too where SAIL is too old to tell."""

    name: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    is_dynamic: bool

    @property
    def signature(self) -> Signature:
        """The first dimension is open where the file may take several sizes of it."""
        is_open = any(port.largest[:1] > (1,) for port in self.inputs)
        return Signature(_tensors(self.inputs, is_open), _tensors(self.outputs, is_open))

    def check_shapes(self, arrays: Mapping[str, Any]) -> None:
        """Raises Unsupported for dimensions that the file cannot take, KeyError for an input that is missing."""
        for port in self.inputs:
            shape = tuple(arrays[port.name].shape)
            if len(shape) != len(port.largest) or any(size > most for size, most in zip(shape, port.largest)):
                raise Unsupported(
                    f"Input {port.name} takes {port.largest} at most, {shape} was asked for; take a smaller batch, or "
                    "a file that was compiled for it."
                )

    def is_known_to_take(self, arrays: Mapping[str, Any]) -> bool:
        """Whether the file certainly takes arrays of these shapes, which ``check_shapes`` let pass."""
        return self.is_dynamic or all(tuple(arrays[port.name].shape) == port.largest for port in self.inputs)

    def refuse_shapes(self, arrays: Mapping[str, Any], said: str) -> Unsupported:
        """What to raise where trying these shapes failed, with what the SDK said."""
        shapes = ", ".join(f"{port.name} {tuple(arrays[port.name].shape)}" for port in self.inputs)
        largest = ", ".join(f"{port.name} {port.largest}" for port in self.inputs)
        return Unsupported(
            f"The file was not compiled for {shapes} ({said}); the largest is {largest}. Give a file for each batch "
            "size, or combine them into one."
        )


def read_net(engine: Any, options: Mapping[str, Option]) -> Net:
    """The net of the option ``graph``, or the only one; raises Unsupported where that leaves a choice."""
    names = [str(name) for name in engine.get_graph_names()]
    asked = str(options.get("graph", names[0] if len(names) == 1 else ""))
    if not names:
        raise Unsupported("The file holds no net.")
    if not asked:
        raise Unsupported(f"The file holds several nets; name one by --option graph={'|'.join(names)}.")
    if asked not in names:
        raise Unsupported(f"--option graph={asked}: the file holds {', '.join(names)}.")
    tell = getattr(engine, "graph_is_dynamic", None)
    inputs, outputs = engine.get_max_input_shapes(asked), engine.get_max_output_shapes(asked)
    return Net(
        asked,
        tuple(
            _port(name, engine.get_input_dtype(asked, name), inputs[name], engine.get_input_scale(asked, name))
            for name in engine.get_input_names(asked)
        ),
        tuple(
            _port(name, engine.get_output_dtype(asked, name), outputs[name], engine.get_output_scale(asked, name))
            for name in engine.get_output_names(asked)
        ),
        tell is not None and bool(tell(asked)),
    )


def _port(name: str, sdk_type: Any, largest: Sequence[int], scale: float) -> Port:
    return Port(str(name), str(sdk_type).rpartition(".")[2], tuple(map(int, largest)), float(scale), sdk_type)


def _tensors(ports: Sequence[Port], is_open: bool) -> tuple[Tensor, ...]:
    return tuple(
        Tensor(
            port.name,
            port.dtype,
            (None, *port.largest[1:]) if is_open and port.largest else port.largest,
            port.scale if port.is_quantised else None,
        )
        for port in ports
    )
