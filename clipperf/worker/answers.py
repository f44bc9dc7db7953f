"""Looks at a model's answer before it is timed: shape, finite, not constant."""

from __future__ import annotations

from typing import Mapping

import numpy as np

from clipperf.errors import WrongOutput
from clipperf.runners.base import Signature


def check_answers(signature: Signature, answers: Mapping[str, np.ndarray], batch_size: int) -> None:
    """Raises WrongOutput where an output has another shape than the file says, is not finite or is constant.

    A first dimension that the file leaves open must have a row for each sample at least; it may have several, as where
    a model gives tokens or crops in one long list.
    """
    if not answers:
        raise WrongOutput("The model gave no output at all.")
    for tensor in signature.outputs:
        answer = answers.get(tensor.name)
        if answer is None:
            raise WrongOutput(f"Output {tensor.name} is missing; the runner gave {', '.join(answers)}.")
        declared = tensor.shape
        if len(declared) != answer.ndim or any(d not in (None, n) for d, n in zip(declared, answer.shape)):
            raise WrongOutput(f"Output {tensor.name} has shape {answer.shape}, the model says {declared}.")
        if declared and declared[0] is None and len(answer) < batch_size:
            raise WrongOutput(
                f"Output {tensor.name} has shape {answer.shape}, too few rows for a batch of {batch_size}."
            )
    # Also of outputs that the file does not name.
    for name, answer in answers.items():
        if answer.dtype.kind != "f":
            continue
        if not np.isfinite(answer).all():
            bad = int((~np.isfinite(answer)).sum())
            raise WrongOutput(f"Output {name} holds {bad} values of {answer.size} that are not finite.")
        if answer.size > 1 and (answer == answer.flat[0]).all():
            raise WrongOutput(f"Output {name} is constant: all {answer.size} values are {answer.flat[0]}.")
