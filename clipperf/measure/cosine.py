"""How near answers are to those of a reference, sample by sample, and how near they have to be at a precision."""

from __future__ import annotations

import numpy as np


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
