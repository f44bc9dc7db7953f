"""Texts as CLIP's text tower takes them: its byte-pair encoding, cleaned, cut and padded as open_clip does."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from clipperf.data.clip_merges import clip_merges

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CLIP_VOCABULARY = 49408
"""Ids of CLIP's encoding; the last two are the marks of start and end."""

_START, _END = "<start_of_text>", "<end_of_text>"
_WORDS = rf"{_START}|{_END}|'s|'t|'re|'ve|'m|'ll|'d|\p{{L}}+|\p{{N}}|[^\s\p{{L}}\p{{N}}]+"
_WORD_END = "</w>"


def tokens_of(texts: Sequence[str], context: int, vocabulary: int = CLIP_VOCABULARY) -> np.ndarray:
    """A row of ``context`` int64 ids for each text: start, words, end, zeros; of long texts the end mark is kept.

    The ids are open_clip's (``SimpleTokenizer``), and OpenAI's. A ``vocabulary`` smaller than CLIP's, as toys have, has
    its own marks in its last two ids, and words that share an id.
    """
    start, end = vocabulary - 2, vocabulary - 1
    rows = np.zeros((len(texts), context), dtype=np.int64)
    for row, text in zip(rows, texts, strict=True):
        words = [_id_in(vocabulary, word) for word in _encoding().encode(clean(text), add_special_tokens=False).ids]
        ids = [start, *words[: context - 2], end]
        row[: len(ids)] = ids
    return rows


def clean(text: str) -> str:
    """The text as CLIP encodes it: mojibake mended, HTML unescaped twice, single spaces, lower case."""
    import ftfy

    return " ".join(html.unescape(html.unescape(ftfy.fix_text(text))).split()).lower()


def _id_in(vocabulary: int, word: int) -> int:
    """Zero is padding and the last two ids are the marks; whoever has room for all words keeps them as they are."""
    return word if vocabulary >= CLIP_VOCABULARY else 1 + word % (vocabulary - 3)


@cache
def _encoding() -> Tokenizer:
    from tokenizers import Regex, Tokenizer
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split

    merges = clip_merges()
    letters = _letters_of_bytes()
    ended = [f"{letter}{_WORD_END}" for letter in letters]
    words = [*letters, *ended, *("".join(pair) for pair in merges), _START, _END]
    encoding = Tokenizer(BPE({word: number for number, word in enumerate(words)}, merges, end_of_word_suffix=_WORD_END))
    # A text may spell a mark out, and CLIP then takes it for one.
    encoding.add_special_tokens([_START, _END])
    encoding.pre_tokenizer = Sequence(
        [Split(Regex(_WORDS), "removed", invert=True), ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    return encoding


def _letters_of_bytes() -> list[str]:
    """The letter that stands for each byte in the merges: itself where it can be printed, else one from 256 on.

    Their order is that of the ids, as in GPT-2's ``encoder.py`` (bytes_to_unicode): first what can be printed.
    """
    printed = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    return [*map(chr, printed), *(chr(256 + place) for place in range(256 - len(printed)))]
