"""The answers to a set of samples, row by row."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

import numpy as np

from clipperf.errors import UsageError
from clipperf.runners.base import Instance
from clipperf.runners.sample_set import requests_of
from clipperf.worker.answers import check_answers


def sampled_answers(
    instance: Instance, described: Sequence[Mapping[str, Any]], batch_size: int, samples: int, seed: int
) -> dict[str, np.ndarray]:
    """Of every output of floats that has a row for each sample: these rows in the order of the samples, as float32.

    The first slot is used; what it was loaded with is gone. Raises what ``requests_of`` and ``check_answers`` raise.
    """
    slot = instance.slots[0]
    rows: dict[str, list[np.ndarray]] = {}
    for inputs in requests_of(instance.signature, described, batch_size, samples, seed):
        slot.load(inputs)
        slot.run()
        answers = slot.outputs()
        check_answers(instance.signature, answers, batch_size)
        for name, answer in answers.items():
            if answer.dtype.kind == "f" and answer.ndim and len(answer) % batch_size == 0:
                rows.setdefault(name, []).append(answer.reshape(batch_size, -1).astype(np.float32))
    return {name: np.concatenate(parts)[:samples] for name, parts in rows.items()}


def answers_to_rows(instance: Instance, path: str, batch_size: int) -> dict[str, np.ndarray]:
    """The same for the rows of an .npy file, which are the samples of the model's only input, in requests of that size.

    Raises UsageError where the model has several inputs, and what ``sampled_answers`` raises.
    """
    inputs = instance.signature.inputs
    if len(inputs) != 1:
        raise UsageError(
            f"The model has the inputs {', '.join(one.name for one in inputs)}; one that takes images or texts alone "
            "is needed."
        )
    given = np.load(path, mmap_mode="r", allow_pickle=False)
    described = {"name": inputs[0].name, "kind": "file", "path": path, "dims": ["batch", *given.shape[1:]]}
    return sampled_answers(instance, [described], batch_size, len(given), seed=0)


def write_rows(path: str, rows: Mapping[str, np.ndarray]) -> None:
    """An .npz file of the rows, whatever characters the outputs' names are made of."""
    arrays: dict[str, Any] = {f"rows{place}": values for place, values in enumerate(rows.values())}
    with open(path, "wb") as file:
        np.savez(file, names=np.array(list(rows), dtype=str), **arrays)
