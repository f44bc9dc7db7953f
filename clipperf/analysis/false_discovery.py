"""Which of many tests may be believed together."""

from __future__ import annotations

from collections.abc import Sequence


def discoveries(p_values: Sequence[float], rate: float) -> list[bool]:
    """For each p-value whether it counts; of those that do, at most the share ``rate`` is expected to be false.

    Benjamini and Hochberg (JRSS B 57, 1995): where one of 200 series changed, its p has to be below ``rate`` ÷ 200.
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    last = max((rank for rank, place in enumerate(order, 1) if p_values[place] <= rate * rank / len(order)), default=0)
    kept = set(order[:last])
    return [place in kept for place in range(len(p_values))]
