"""What a torch module answers with: a tensor, or several in tuples, lists or dictionaries."""

from __future__ import annotations

from typing import Any, Iterator, Mapping


def tensors_in(answer: Any) -> Iterator[Any]:
    """Each tensor, in the order in which they stand."""
    if isinstance(answer, Mapping):
        answer = tuple(answer.values())
    if not isinstance(answer, (tuple, list)):
        yield answer
        return
    for part in answer:
        yield from tensors_in(part)
