"""What the driver tells in files of /sys and /proc, which cost next to nothing to read.

Facts (the driver's own source and guide): ``npu_usage`` is the share of the last half second in which the chip was
busy, and what it was since the driver was loaded; a release writes it as ``usage:3 avusage:1``, the guide as
``"usage": 3, "avusage": 1``, and chips of several cores have a line for each. Power is that of a card, with one meter
for all of its chips; some boards have a meter for each chip instead. In a system on a chip (SoC) there is one device,
and its temperature is that of the first thermal zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Sequence

from clipperf.monitors.device import Meter
from clipperf.monitors.device_text import celsius_in, percent_in, watts_in
from clipperf.monitors.text_file import read_number, read_text

if TYPE_CHECKING:
    from pathlib import Path

_USAGE = re.compile(r'"?usage"?\s*:\s*([0-9]{1,3})\s*,?\s*"?avusage"?\s*:\s*[0-9]{1,9},?')
_OFF = re.compile(r"Please, set \[Usage enable\] to 1")
_WATTS = re.compile(r"([0-9]{1,5}) W")
_CELSIUS = re.compile(r"(-?[0-9]{1,3}) C")
_RELEASE = re.compile(r"release version: *([0-9][0-9A-Za-z.+-]{0,40})")
_DEVICE = re.compile(r"(?:bm-sophon|bm-tpu|bmsophon)([0-9]{1,4})")


@dataclass(frozen=True)
class Usage:
    """How busy a device is in %, None where it does not tell; ``is_off`` where counting is switched off."""

    util_pct: float | None = None
    is_off: bool = False


@dataclass(frozen=True)
class Power:
    """Power in W, and the meter where several devices share it."""

    watts: float | None = None
    meter: Meter | None = None


def devices(root: Path) -> dict[str, Path]:
    """The folder of every device in /sys by its number: PCIe cards, else the one of a system on a chip."""
    return _numbered(root / "sys/class/bm-sophon") or _numbered(root / "sys/class/bm-tpu")


def is_soc(root: Path) -> bool:
    """Whether this is a system on a chip, which bm-smi has no text format for."""
    return not _numbered(root / "sys/class/bm-sophon") and bool(_numbered(root / "sys/class/bm-tpu"))


def usage_in(text: str | None) -> Usage:
    """What ``npu_usage`` holds; the mean where it has a line for each core."""
    if text is None:
        return Usage()
    if _OFF.fullmatch(text.strip()):
        return Usage(is_off=True)
    lines = [_USAGE.fullmatch(line.strip()) for line in text.splitlines() if line.strip()]
    values = [percent_in(found[1]) for found in lines if found is not None]
    told = [value for value in values if value is not None]
    return Usage(sum(told) / len(told)) if told and len(told) == len(lines) else Usage()


def usage_of(folder: Path) -> Usage:
    """Of the device with that folder in /sys."""
    return usage_in(read_text(folder / "device" / "npu_usage"))


def power_of(root: Path, device: str) -> Power:
    """Of the card of a device, or of the chip where the card has no meter."""
    place = _place(root, device)
    if place is None:
        return Power()
    watts = watts_in(_number(place.parent / "board_power", _WATTS))
    if watts is None:
        return Power(watts_in(_number(place / "chip_power", _WATTS)))
    chips = len(_numbered(place.parent))
    return Power(watts, Meter(place.parent.name, chips) if chips > 1 else None)


def temperature_of(root: Path, device: str) -> float | None:
    """Of the chip in °C."""
    place = _place(root, device)
    if place is not None:
        return celsius_in(_number(place / "chip_temp", _CELSIUS))
    millidegrees = read_number(root / "sys/class/thermal/thermal_zone0/temp") if is_soc(root) else None
    return None if millidegrees is None else celsius_in(f"{millidegrees / 1e3:.3f}")


def status_of(root: Path, device: str) -> str | None:
    """The driver's word on the chip, ``Active`` where all is well."""
    place = _place(root, device)
    text = None if place is None else read_text(place / "status")
    return text if text in ("Active", "Fault") else None


def release_of(root: Path) -> str:
    """The driver's version; empty where it is not told."""
    found = _RELEASE.search(read_text(root / "proc/bmsophon/driver_version") or "")
    return found[1] if found else ""


def _place(root: Path, device: str) -> Path | None:
    """The device's folder in /proc, in that of its card; None where it is not just one."""
    found = [card / f"bmsophon{device}" for card in _cards(root) if (card / f"bmsophon{device}").is_dir()]
    return found[0] if len(found) == 1 else None


def _cards(root: Path) -> Sequence[Path]:
    try:
        return sorted((root / "proc/bmsophon").glob("card[0-9]*"))
    except OSError:
        return []


def _numbered(folder: Path) -> dict[str, Path]:
    """What lies in a folder by the number at the end of its name."""
    try:
        found = {place: _DEVICE.fullmatch(place.name) for place in sorted(folder.iterdir())}
    except OSError:
        return {}
    return {name[1]: place for place, name in found.items() if name is not None}


def _number(file: Path, form: re.Pattern[str]) -> str | None:
    found = form.fullmatch(read_text(file) or "")
    return found[1] if found else None
