"""How near answers are to those of a reference, sample by sample, and how near they have to be at a precision."""

from __future__ import annotations

import numpy as np

LEAST_COSINE = {"fp32": 0.9999, "fp16": 0.999, "bf16": 0.99, "int8": 0.95}
"""By precision, how near every sample's answer has to be to that of fp32.

A relative error e of an answer lowers its cosine by e²/2. Rounding to 11, 8 and 7 significant bits before each of some
hundred products leaves about 0.2, 2 and 5 % with CLIP's towers, so that a right model is well above these bounds; they
tell a broken one, such as one of wrong scales, not a good one from a better.
"""


def cosines(reference: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """The cosine of the angle between each row and the reference's row, from −1 to 1.

    Two rows of zeros agree, one against another row does not; what is not finite gives NaN, which is above no bound.
    Raises ValueError where the shapes differ.
    """
    if reference.shape != answers.shape:
        raise ValueError(f"rows of {answers.shape} cannot be held against a reference of {reference.shape}")
    a, b = (rows.reshape(len(rows), -1).astype(np.float64) for rows in (reference, answers))
    lengths = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    alike = np.where((a == b).all(axis=1), 1.0, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Rounding may carry the quotient beyond 1 by a few units in the last place.
        return np.where(lengths == 0, alike, np.clip((a * b).sum(axis=1) / lengths, -1.0, 1.0))
