"""How far the answers of a case agree with the reference's, and whether that is enough for its precision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clipperf.errors import WrongOutput
from clipperf.measure.cosine import LEAST_COSINE, cosines


@dataclass(frozen=True)
class Agreement:
    """The mean and the smallest cosine over all samples and outputs."""

    mean: float
    least: float


def agreement_of(reference: Path, answers: Sequence[Path]) -> Agreement:
    """That of several workers' answers with those of the reference, all as ``worker.sampled`` gives them.

    Raises WrongOutput where outputs are missing, of another size, or none of both has a row for each sample.
    """
    expected = read_rows_by_output(reference)
    found = [_cosines(expected, read_rows_by_output(path)) for path in answers]
    together = np.concatenate(found)
    return Agreement(float(together.mean()), float(together.min()))


def check_agreement(found: Agreement, precision: str) -> None:
    """Raises WrongOutput where a sample's answer is further from the reference's than the precision explains.

    A precision of which no bound is known is held to the loosest.
    """
    least = LEAST_COSINE.get(precision, min(LEAST_COSINE.values()))
    if not found.least >= least:
        raise WrongOutput(
            f"The answers are not those of the fp32 model on onnxruntime: their cosine is {found.mean:.5f} in the mean "
            f"and {found.least:.5f} for the farthest sample, {precision or 'any precision'} has to reach {least:g}."
        )


def read_rows_by_output(path: Path) -> Mapping[str, np.ndarray]:
    """The rows of each output by its name, of a file that a worker wrote."""
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[f"rows{place}"] for place, name in enumerate(stored["names"].tolist())}


def _cosines(expected: Mapping[str, np.ndarray], answers: Mapping[str, np.ndarray]) -> np.ndarray:
    if not expected:
        raise WrongOutput(
            "The answers cannot be held against those of fp32: no output of the model has a row of floats per sample."
        )
    parts = []
    for name, rows in expected.items():
        if name not in answers:
            raise WrongOutput(f"Output {name} has no row of floats per sample here, as it has in fp32 on onnxruntime.")
        try:
            parts.append(cosines(rows, answers[name]))
        except ValueError as error:
            raise WrongOutput(f"Output {name} is of another size than in fp32 on onnxruntime: {error}.") from None
    return np.concatenate(parts)
