"""Which execution provider got which nodes: onnxruntime gives what one cannot take to the next, at last to the CPU.

Since 1.24 a session tells it when it has opened (onnxruntime#26781); before, the profile of a request does.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Iterable, Mapping

from clipperf.errors import Unsupported
from clipperf.runners.onnxruntime_precision import kernels_in
from clipperf.runners.onnxruntime_providers import CPU, Provider

Placed = Mapping[str, "Counter[str]"]
"""By the name of a provider how many of its nodes are of which operator."""

_RECORD, _TELL = "session.record_ep_graph_assignment_info", "get_provider_graph_assignment_info"
_MOST_TYPES = 5


def record_placement(ort: Any, session_options: Any, order: tuple[Provider, ...]) -> None:
    """Lets a session tell its placement, where the build can and where there may be anything to tell."""
    if order != (CPU,) and hasattr(ort.InferenceSession, _TELL):
        session_options.add_session_config_entry(_RECORD, "1")


def placed_by(session: Any, order: tuple[Provider, ...]) -> Placed:
    """The placement as the session tells it; empty where it does not."""
    placed: dict[str, Counter[str]] = {}
    for part in getattr(session, _TELL, tuple)() if order != (CPU,) else ():
        placed.setdefault(part.ep_name, Counter()).update(node.op_type for node in part.get_nodes())
    return placed


def placed_in(events: Iterable[Mapping[str, Any]]) -> Placed:
    """The placement as the profile of one request has it."""
    placed: dict[str, Counter[str]] = {}
    for kernel in kernels_in(events):
        placed.setdefault(kernel.get("provider", ""), Counter()).update([kernel.get("op_name", "")])
    return placed


def check_placement(placed: Placed, order: tuple[Provider, ...]) -> None:
    """Raises Unsupported where nodes went to a provider that was not asked for, with their number and operators."""
    word, asked = "+".join(provider.short for provider in order), {provider.name for provider in order}
    for name in sorted(set(placed) - asked):
        left, of = sum(placed[name].values()), sum(sum(types.values()) for types in placed.values())
        types = ", ".join(f"{count} {kind}" for kind, count in placed[name].most_common(_MOST_TYPES))
        raise Unsupported(
            f"--option provider={word}: {left} of {of} nodes ({types}) would run on {name}, which was not asked for; "
            f"allow it by --option provider={word}+{CPU.short if name == CPU.name else name}."
        )


def provider_word(placed: Placed, order: tuple[Provider, ...]) -> str:
    """The providers in their order, where there are several with the nodes of each as far as they are known."""
    if len(order) == 1 or not placed:
        return ", ".join(provider.name for provider in order)
    return ", ".join(f"{one.name} {sum(placed.get(one.name, Counter()).values())} nodes" for one in order)
