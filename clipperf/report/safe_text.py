"""Text from files and names made harmless for a terminal."""

from __future__ import annotations

import unicodedata

_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def safe_text(text: str, keep: str = "") -> str:
    r"""The text with control characters spelt out (``\x1b``), so that a model's name cannot move a terminal's cursor.

    Invisible format characters (which can reverse the reading order) and lone surrogates (which cannot be printed at
    all) are spelt out too. ``keep`` lists characters to leave, such as a line feed.
    """
    return "".join(_spelt(c) if unicodedata.category(c) in _UNSAFE and c not in keep else c for c in text)


def _spelt(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
