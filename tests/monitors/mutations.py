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
    """One of the texts after up to six mishaps; where it is cut off, that is the last of them."""
    text = draw(st.sampled_from(texts))
    for mishap in draw(
        st.lists(st.sampled_from(["lose", "double", "exchange", "move", "mix", "insert", "drop"]), max_size=6)
    ):
        lines, place = text.splitlines(keepends=True) or ["\n"], draw(st.integers(0, 10_000))
        here, there = place % len(lines), draw(st.integers(0, 10_000)) % len(lines)
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
        if mishap == "insert":
            text = text[:at] + draw(st.sampled_from(_LETTERS)) + text[at:]
        elif mishap == "drop" and text[at : at + 1].isalpha():
            text = text[:at] + text[at + 1 :]
    # A cut in the middle of a number is the one that could be believed.
    inside = [found.start() + 1 for found in re.finditer(r"[0-9.](?=[0-9.])", text)] or [0]
    cut = draw(st.one_of(st.none(), st.integers(0, len(text)), st.sampled_from(inside)))
    return text[:cut]
