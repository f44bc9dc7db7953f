"""What stands above each measurement in a README, in notes or in a log: headings, captions and comments in code.

In the vendor's documents a Markdown heading names the model, and a comment inside the code names the mode; a line of
text above the code tells hosts apart where both are the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SEPARATOR = " / "
_FENCE = re.compile(r"^\s{0,3}(?:>\s*)*(```|~~~)")
_HEADING = re.compile(r"^\s{0,3}(?P<marks>#{1,6})\s*(?P<title>[^#\s].*)$")
_COMMENT = re.compile(r"^\s*(?:#+|//)\s*(?P<title>[^#\s/!].*)$")
_UNDERLINE = re.compile(r"^\s{0,3}(?:(?P<first>={3,})|-{3,})\s*$")
_COLON = (":", "：")
_MOST_CHARACTERS = 160
_EMPHASIS = re.compile(r"\*{1,3}(?P<bold>[^*`]+)\*{1,3}|`+(?P<code>[^`]+)`+")


@dataclass(frozen=True)
class Above:
    """What stands above a line: the headings that it is under, outermost first, and the nearest of the others.

    ``caption`` is the last line of text before the code that the line is in, or before the line itself; ``comment``
    is one of that code.
    """

    headings: tuple[str, ...] = ()
    caption: str = ""
    comment: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """All of it, nearest first."""
        return tuple(text for text in (self.comment, self.caption, *reversed(self.headings)) if text)


def above_lines(lines: Sequence[str], numbers: Sequence[int], taken: Sequence[range]) -> list[Above]:
    """What stands above the lines of those numbers, in their order; lines that are ``taken`` are no text."""
    inside = {number for some in taken for number in some}
    wanted = set(numbers)
    outline: list[tuple[int, str]] = []
    caption, comment, in_code = "", "", False
    found: dict[int, Above] = {}
    for number, line in enumerate(lines):
        if number in wanted:
            found[number] = Above(tuple(title for _, title in outline), caption, comment)
        if number in inside or not line.strip():
            continue
        if _FENCE.match(line):
            in_code, comment = not in_code, ""
        elif in_code:
            if is_comment := _COMMENT.match(line):
                comment = _plain(is_comment["title"])
        elif heading := _heading(lines, number):
            level, title = heading
            outline = [one for one in outline if one[0] < level] + [(level, title)]
            caption, comment = "", ""
        elif not _UNDERLINE.match(line):
            caption = _plain(line)
    return [found[number] for number in numbers]


def labels(above: Sequence[Above]) -> list[str]:
    """A label of each: its nearest heading and comment, and as much more as tells it from others of the same text."""
    made = [_short(one) for one in above]
    for longer in (_with_caption, _whole):
        twice = {label for label, count in Counter(made).items() if count > 1}
        made = [longer(one) if label in twice else label for one, label in zip(above, made, strict=True)]
    return made


def _short(one: Above) -> str:
    parts = [*one.headings[-1:], *([one.comment] if one.comment else [])]
    if not parts and (one.caption.endswith(_COLON) or one.caption.startswith("#")):
        parts = [one.caption]
    return _joined(parts)


def _with_caption(one: Above) -> str:
    return _joined([*one.headings[-1:], *_caption(one), one.comment])


def _whole(one: Above) -> str:
    return _joined([*one.headings, *_caption(one), one.comment])


def _caption(one: Above) -> list[str]:
    # Where there is no heading, a line of text is as likely to be a program's log.
    return [one.caption] if one.headings or one.caption.endswith(_COLON) else []


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
