"""Texts that are hard on a tokeniser, and drawn ones."""

from __future__ import annotations

import random

_HARD = (
    "a photo of a cat.",
    "",
    "   \t\n ",
    "Don't say I'LL, we've, she'd, they're, I'm: 'tis 'S 'T",
    "😀 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 1️⃣",
    "日本語のテキスト、漢字とかな。한국어 中文，全角ＡＢＣ１２３",
    "“curly” ‘quotes’ — dashes … ‹›",
    "AT&amp;T and AT&amp;amp;T &lt;b&gt; &amp;lt;i&amp;gt; &eacute; &#128512;",
    "ﬁne oﬃce ﬂow ĳ ǆ",
    "schÃ¶n cafÃ© â€œquotedâ€\x9d itâ€™s",
    "naïve e\u0301 A\u030a ﬀ ß ẞ İstanbul ΑΣ ς",
    "3.14 ١٢٣ ½ Ⅷ ² 10,000",
    "<start_of_text> spelt out <end_of_text>",
    "_underscore_ #tag @me http://example.com/?a=b&c=d",
    "zero\u200bwidth non\u00a0breaking \u3000ideographic\u2028line",
    "a\x00b\x1b[31mred",
    "مرحبا بالعالم שלום עולם привет мир γειά नमस्ते สวัสดี",
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "word " * 200,
    "supercalifragilistic" * 40,
    "😀" * 60,
)
_RANGES = ((0x20, 0x7E), (0xA1, 0x17F), (0x391, 0x3A1), (0x410, 0x44F), (0x3041, 0x3096), (0x4E00, 0x9FA5))
_RANGES = (*_RANGES, (0x1F600, 0x1F64F), (0x2010, 0x2027), (0x2200, 0x22FF), (0x27, 0x27), (0x20, 0x20))
"""Blocks without gaps, which a later Unicode could fill."""


def texts() -> list[str]:
    """The hard ones, then drawn ones, the same everywhere."""
    chance = random.Random(0)
    drawn = ["".join(chr(chance.randint(*chance.choice(_RANGES))) for _ in range(12)) for _ in range(150)]
    return [*_HARD, *drawn]
