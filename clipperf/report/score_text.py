"""Scores of images against texts, as VastStreamX's clip sample prints them, and as records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clipperf.report.safe_text import safe_text

Scores = Sequence[tuple[str, float]]
"""Texts with their scores, best first."""


def score_text(scores: Scores, top: int) -> str:
    """The ``top`` best, counted from 0, in the sample's words; scores with 6 digits, as C++ prints them."""
    lines = [f"{place}th, string: {safe_text(text)}, score: {score:.6g}" for place, (text, score) in _best(scores, top)]
    return "\n".join([f"Top{top}:", *lines])


def score_records(image: str, scores: Scores, error: str, top: int) -> list[dict[str, Any]]:
    """A record for each of the ``top`` best, one with ``error`` alone where there is no score."""
    if error:
        return [{"image": image, "rank": None, "string": None, "score": None, "error": error}]
    return [
        {"image": image, "rank": place, "string": text, "score": score, "error": ""}
        for place, (text, score) in _best(scores, top)
    ]


def _best(scores: Scores, top: int) -> Sequence[tuple[int, tuple[str, float]]]:
    return list(enumerate(scores[:top]))
