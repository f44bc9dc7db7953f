"""How well each of several texts fits an image: the softmax over their cosines, as CLIP classifies without training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clipperf.accuracy.image_file import read_pixels
from clipperf.accuracy.pair import Pair
from clipperf.accuracy.preprocessing import Preprocessing
from clipperf.accuracy.tokeniser import tokens_of
from clipperf.accuracy.tower import open_tower
from clipperf.errors import UnreadableImage
from clipperf.sweeping.display import Display
from clipperf.sweeping.planning import Plan

LOGIT_SCALE = 100.0
"""The factor of the cosines: where CLIP's training clips it, and where OpenAI's models and open_clip's ended."""

_TOGETHER = 64
"""Images that are in memory at a time, and texts."""


@dataclass(frozen=True)
class Scored:
    """The texts that fit an image with the score of each, best first; none where ``error`` says what is the matter."""

    image: Path
    scores: tuple[tuple[str, float], ...] = ()
    error: str = ""


def score_images(
    images: Sequence[Path],
    texts: Sequence[str],
    pair: Pair,
    plans: tuple[Plan, Plan],
    logit_scale: float,
    display: Display,
) -> Iterator[Scored]:
    """Each image in its order; ``plans`` open the vision and the text tower, one after the other.

    An image that cannot be read is told, and the next ones are scored. Raises what ``open_tower`` and ``embed`` raise.
    """
    vision, text = plans
    ids = tokens_of(texts, pair.context, pair.vocabulary)
    with open_tower(text, display) as tower:
        parts = [tower.embed(ids[begin : begin + _TOGETHER]) for begin in range(0, len(ids), _TOGETHER)]
    directions = _unit(np.concatenate(parts))
    with open_tower(vision, display) as tower:
        for begin in range(0, len(images), _TOGETHER):
            some = images[begin : begin + _TOGETHER]
            read = [_read(path, pair.preprocessing) for path in some]
            pixels = [one for one in read if isinstance(one, np.ndarray)]
            logits = iter(logit_scale * _unit(tower.embed(np.stack(pixels))) @ directions.T if pixels else ())
            for path, one in zip(some, read, strict=True):
                yield Scored(path, error=one) if isinstance(one, str) else _scored(path, texts, next(logits))


def softmax(logits: np.ndarray) -> np.ndarray:
    """Shares that add up to 1 in each row."""
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def _read(path: Path, wanted: Preprocessing) -> np.ndarray | str:
    try:
        return read_pixels(path, wanted)
    except UnreadableImage as error:
        return str(error)


def _unit(rows: np.ndarray) -> np.ndarray:
    wide = rows.astype(np.float64)
    return np.asarray(wide / np.linalg.norm(wide, axis=1, keepdims=True))


def _scored(path: Path, texts: Sequence[str], logits: np.ndarray) -> Scored:
    shares = softmax(logits)
    # Stable, so that of texts that fit alike the first one given stands first.
    order = np.argsort(-shares, kind="stable")
    return Scored(path, tuple((texts[place], float(shares[place])) for place in order))
