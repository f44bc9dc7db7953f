"""Figures as people read them: four significant digits, no exponent, decimal points under each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

DASH = "–"
"""What stands where there is no figure."""


def figure(value: float, digits: int = 4) -> str:
    """A figure to ``digits`` significant digits, a dash where it is missing; whole digits are never rounded away."""
    if math.isnan(value):
        return DASH
    if abs(value) >= 10**digits:
        return f"{value:.0f}"
    return f"{Decimal(f'{value:.{digits - 1}e}'):f}" if value else "0"


def align_points(cells: Sequence[str]) -> list[str]:
    """The cells padded on the right, so that their decimal points meet once they are right-aligned."""
    lengths = [len(cell) - cell.index(".") if "." in cell else 0 for cell in cells]
    return [cell + " " * (max(lengths) - length) for cell, length in zip(cells, lengths, strict=True)]
