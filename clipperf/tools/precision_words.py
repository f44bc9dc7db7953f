"""The vendors' words for precisions, and ours.

Cambricon's are those of MagicMind's builder (``precision_mode`` in magicmind_cloud); its scripts write them into the
names of the models that they build, such as ``clip_onnx_force_float16_true``.
"""

from __future__ import annotations

import re

OURS_BY_WORD = {
    "force_float32": "fp32",
    "force_float16": "fp16",
    "qint8_mixed_float16": "int8",
}
"""What a word means here; one that is not in this table is not guessed at."""

_WORD = re.compile("|".join(OURS_BY_WORD))


def our_precision(word: str) -> str:
    """Our name of a precision that may be written in a vendor's word; any other is given back as it is."""
    return OURS_BY_WORD.get(word, word)


def precision_word_in(name: str) -> str:
    """The vendor's word that a model's file name holds; empty where it holds none, or several that disagree."""
    found = set(_WORD.findall(name))
    return found.pop() if len(found) == 1 else ""
