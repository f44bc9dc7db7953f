"""What stands above each measurement in a README, in notes or in a log: headings, captions and comments in code.

In the vendor's documents a Markdown heading names the model, and a comment inside the code names the mode; a line of
text above the code tells hosts apart where both are the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

SEPARATOR = " / "
_FENCE = re.compile(r"^\s{0,3}(?:>\s*)*(```|~~~)")
_HEADING = re.compile(r"^\s{0,3}(?P<marks>#{1,6})\s*(?P<title>[^#\s].*)$")
_COMMENT = re.compile(r"^\s*(?:#+|//)\s*(?P<title>[^#\s/!].*)$")
_UNDERLINE = re.compile(r"^\s{0,3}(?:(?P<first>={3,})|-{3,})\s*$")
_LOGGED = re.compile(
    r"^\s*(?:[-+$>|\[({<.]|\*(?!\*)|[IWEF][0-9]{4}\s|[0-9]{2,4}[-/:][0-9]{2}|(?:INFO|WARN\w*|ERROR|DEBUG)\b)"
)
"""What programs write: commands and their flags, marks, stamps and levels. A bold line is a caption all the same."""

_COLON = (":", "：")
_MOST_CHARACTERS = 160
_EMPHASIS = re.compile(r"\*{1,3}(?P<bold>[^*`]+)\*{1,3}|`+(?P<code>[^`]+)`+")


@dataclass(frozen=True)
class Above:
    """What stands above a line: the headings that it is under, outermost first, and the nearest of the others.

    ``caption`` is the last line of text before the code that the line is in, or before the line itself; ``comment``
    is one of that code; ``next_above`` is the line right above where it is text, and not what a program logs.
    """

    headings: tuple[str, ...] = ()
    caption: str = ""
    comment: str = ""
    next_above: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """All of it, nearest first."""
        return tuple(text for text in (self.comment, self.next_above, self.caption, *reversed(self.headings)) if text)


def above_lines(lines: Sequence[str], numbers: Sequence[int], taken: Sequence[range]) -> list[Above]:
    """What stands above the lines of those numbers, in their order; lines that are ``taken`` are no text."""
    inside = {number for some in taken for number in some}
    wanted = set(numbers)
    outline: list[tuple[int, str]] = []
    caption, comment, next_above, in_code = "", "", "", False
    found: dict[int, Above] = {}
    for number, line in enumerate(lines):
        if number in wanted:
            found[number] = Above(tuple(title for _, title in outline), caption, comment, next_above)
        if not line.strip():
            continue
        next_above = ""
        if number in inside:
            continue
        if _FENCE.match(line):
            in_code, comment = not in_code, ""
        elif in_code and (is_comment := _COMMENT.match(line)):
            comment = _plain(is_comment["title"])
        elif not in_code and (heading := _heading(lines, number)):
            level, title = heading
            outline = [one for one in outline if one[0] < level] + [(level, title)]
            caption, comment = "", ""
        elif not _UNDERLINE.match(line) and not _LOGGED.match(line):
            next_above = _plain(line)
            caption = caption if in_code else next_above
    return [found[number] for number in numbers]


def labels(above: Sequence[Above], settings: Sequence[Hashable] = ()) -> list[str]:
    """A label of each: its nearest heading and what stands in between, outermost first.

    Two that would have the same one get as much more of what stands above as tells them apart. ``settings``, where
    given, are what tells each apart already.
    """
    made = [_short(one) for one in above]
    for longer in (_with_caption, _whole):
        told = list(zip(made, settings or [None] * len(made), strict=True))
        twice = {one for one, count in Counter(told).items() if count > 1}
        made = [longer(one) if key in twice else key[0] for one, key in zip(above, told, strict=True)]
    return made


def _short(one: Above) -> str:
    return _joined([*one.headings[-1:], one.comment or one.next_above])


def _with_caption(one: Above) -> str:
    return _joined([*one.headings[-1:], *_between(one)])


def _whole(one: Above) -> str:
    return _joined([*one.headings, *_between(one)])


def _between(one: Above) -> list[str]:
    caption = [one.caption] if one.headings and one.caption != one.next_above else []
    return [*caption, one.comment or one.next_above]


def _joined(parts: Sequence[str]) -> str:
    return SEPARATOR.join(part.strip("".join(_COLON) + " ") for part in parts if part)


def _heading(lines: Sequence[str], number: int) -> tuple[int, str] | None:
    line = lines[number]
    if found := _HEADING.match(line):
        return len(found["marks"]), _plain(found["title"].rstrip("# "))
    below = _UNDERLINE.match(lines[number + 1]) if number + 1 < len(lines) else None
    if below is None or _UNDERLINE.match(line):
        return None
    return (1 if below["first"] else 2), _plain(line)


def _plain(text: str) -> str:
    """Without emphasis and control characters, on one line and of bearable length."""
    printable = "".join(letter if letter.isprintable() else " " for letter in _EMPHASIS.sub(_inner, text))
    words = " ".join(printable.split())
    return words if len(words) <= _MOST_CHARACTERS else f"{words[:_MOST_CHARACTERS]} …"


def _inner(found: re.Match[str]) -> str:
    return found["bold"] or found["code"]
