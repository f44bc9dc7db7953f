"""Texts that went wrong on their way: lines lost, doubled, exchanged, cut off or mixed, letters added or lost.

No digit is changed, since nobody could tell; everything else may happen, so that a number that comes out and does not
stand in the text for its key is the parser's own mistake.
"""

from __future__ import annotations

import re

from hypothesis import strategies as st

GARBAGE = st.one_of(
    st.text(),
    st.text(alphabet="NPU ID:Chip|+=-0123456789 .%()/\n\t"),
    st.binary().map(lambda raw: raw.decode(errors="replace")),
)
"""Texts that never were the program's."""

_LETTERS = "abcXYZ:|()%= \t\n\r+é中"


@st.composite
def mutated(draw: st.DrawFn, texts: list[str]) -> str:
    """One of the texts after up to six mishaps."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(0, 6))):
        lines, place = text.splitlines(keepends=True) or ["\n"], draw(st.integers(0, 10_000))
        here, there = place % len(lines), draw(st.integers(0, 10_000)) % len(lines)
        mishap = draw(st.sampled_from(["lose", "double", "exchange", "cut", "halve", "mix", "insert", "drop", "move"]))
        if mishap == "lose":
            del lines[here]
        elif mishap == "double":
            lines.insert(there, lines[here])
        elif mishap == "exchange":
            lines[here], lines[there] = lines[there], lines[here]
        elif mishap == "move":
            lines.insert(there, lines.pop(here))
        elif mishap == "mix":
            other = draw(st.sampled_from(texts)).splitlines(keepends=True)
            lines[here:here] = other[: place % (len(other) + 1)]
        text = "".join(lines)
        at = place % (len(text) + 1)
        if mishap == "cut":
            text = text[:at]
        elif mishap == "halve":
            # Cut off in the middle of a number, which is the cut that could be believed.
            middles = [found.start() + 1 for found in re.finditer(r"[0-9.](?=[0-9.])", text)] or [0]
            text = text[: middles[place % len(middles)]]
        elif mishap == "insert":
            text = text[:at] + draw(st.sampled_from(_LETTERS)) + text[at:]
        elif mishap == "drop" and text[at : at + 1].isalpha():
            text = text[:at] + text[at + 1 :]
    return text
