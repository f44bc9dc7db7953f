"""``bm-smi --text_format``: a line for each chip, on hosts with PCIe cards.

Facts (bm-smi's own source): sixteen words follow ``chipN:``, any of which may be ``N/A`` or ``F``, a fault; the words
are padded with blanks, and some are cut off where they are too long for their field, so that what lacks its unit is no
number. The power in the line is that of one rail of the chip and is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from clipperf.monitors.device_text import celsius_in, complete_lines, megabytes_in, percent_in

_CHIP = re.compile(r"\S.*\bchip[0-9]{1,4}:\s+(.*)")
_NONE = r"N/A|F"
_WORDS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[0-9]{1,4}",
        rf"[0-9a-f]{{1,4}}:[0-9a-f]{{2}}:[0-9a-f]{{2}}\.[0-9a-f]|{_NONE}",
        r"Active|Fault",
        rf"-?[0-9]{{1,3}}C|{_NONE}",
        rf"-?[0-9]{{1,3}}C|{_NONE}",
        rf"[0-9.]{{1,6}}W?|{_NONE}",
        rf"[0-9]{{1,6}}m?V?|{_NONE}",
        rf"ON|OFF|{_NONE}",
        rf"[0-9]{{1,9}}|{_NONE}",
        rf"[0-9]{{1,3}}%?|{_NONE}",
        *(rf"[0-9]{{1,5}}M?|{_NONE}",) * 3,
        rf"-?[0-9.]{{1,6}}A?|{_NONE}",
        r"[0-9]{1,9}MB",
        r"[0-9]{1,9}MB",
    )
)
_STATUS, _CHIP_TEMPERATURE, _UTILISATION, _USED, _TOTAL = 2, 4, 9, 14, 15


@dataclass(frozen=True)
class ChipLine:
    """What a chip's line or rows hold; None where a word has no number. Memory in the MB that bm-smi prints."""

    util_pct: float | None
    memory_mb: float | None
    temperature_c: float | None
    health: str | None


def chips_in(text: str) -> dict[str, ChipLine]:
    """The chips by the number of their device, those that stand there twice left out."""
    found: dict[str, list[ChipLine]] = {}
    for line in complete_lines(text):
        told = _CHIP.fullmatch(line.rstrip())
        words = told[1].split() if told else []
        if len(words) == len(_WORDS) and all(form.fullmatch(word) for form, word in zip(_WORDS, words)):
            found.setdefault(str(int(words[0])), []).append(_chip(words))
    return {device: lines[0] for device, lines in found.items() if len(lines) == 1}


def memory_in(used: str, total: str) -> float | None:
    """Memory in use, of two words such as ``512MB``; None where more is in use than there is."""
    used_mb, total_mb = (megabytes_in(word[: -len("MB")]) for word in (used, total))
    return used_mb if used_mb is not None and total_mb is not None and used_mb <= total_mb else None


def unit_in(word: str, unit: str) -> str | None:
    """The number of a word that has its unit; None for ``N/A``, a fault, and what is cut off."""
    return word[: -len(unit)] if word.endswith(unit) else None


def health_in(status: str) -> str:
    """Our word for the driver's."""
    return "OK" if status == "Active" else status


def _chip(words: list[str]) -> ChipLine:
    return ChipLine(
        util_pct=percent_in(unit_in(words[_UTILISATION], "%")),
        memory_mb=memory_in(words[_USED], words[_TOTAL]),
        temperature_c=celsius_in(unit_in(words[_CHIP_TEMPERATURE], "C")),
        health=health_in(words[_STATUS]),
    )
