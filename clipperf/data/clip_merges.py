"""The merges of CLIP's byte-pair encoding, which all CLIP models share."""

from __future__ import annotations

import gzip
from pathlib import Path


def clip_merges() -> list[tuple[str, str]]:
    """The 48,894 pairs in the order in which they are merged.

    They are OpenAI's (github.com/openai/CLIP, MIT), whose file holds more than CLIP uses; the text's head says so.
    """
    with gzip.open(Path(__file__).parent / "clip_merges.txt.gz", "rt", encoding="utf-8") as file:
        next(file)
        pairs = (line.split() for line in file)
        return [(first, second) for first, second in pairs]
