"""The processor's temperature sensors and what they hold to be too hot, from hwmon or the thermal zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterable, Iterator

from clipperf.monitors.text_file import read_number, read_text

if TYPE_CHECKING:
    from pathlib import Path

_PROCESSOR_CHIPS = ("coretemp", "k10temp", "k8temp", "zenpower", "cpu_thermal", "soc_thermal")
_PROCESSOR_ZONES = ("x86_pkg", "cpu", "soc")
_LARGEST_LIMIT_C = 150.0  # firmware that knows no limit writes 0, 255 or 65261.85


@dataclass(frozen=True)
class Temperature:
    """A sensor's temperature in °C and the limit that it has of its own, where it has one."""

    now_c: float
    limit_c: float | None


def processor_temperatures(root: Path) -> list[Temperature]:
    """Every sensor of the processor: hwmon's, else the thermal zones'; empty where there is none."""
    return list(_hwmon(root)) or list(_zones(root))


def thermal_throttles(cores: Iterable[int], root: Path) -> int | None:
    """How often heat slowed these cores, and the package of the first of them, since boot; None where not counted."""
    folders = [root / "sys/devices/system/cpu" / f"cpu{core}" / "thermal_throttle" for core in sorted(cores)]
    files = [folder / "core_throttle_count" for folder in folders]
    files += [folder / "package_throttle_count" for folder in folders[:1]]
    counts = [count for count in map(read_number, files) if count is not None]
    return sum(counts) if counts else None


def _hwmon(root: Path) -> Iterator[Temperature]:
    for chip in sorted((root / "sys/class/hwmon").glob("hwmon*")):
        if read_text(chip / "name") not in _PROCESSOR_CHIPS:
            continue
        for sensor in sorted(chip.glob("temp*_input")):
            now = read_number(sensor)
            stem = sensor.name[: -len("_input")]
            limits = [read_number(chip / f"{stem}_{kind}") for kind in ("crit", "max")]
            if now is not None:
                yield Temperature(now / 1e3, next(filter(None, map(_limit_c, limits)), None))


def _zones(root: Path) -> Iterator[Temperature]:
    for zone in sorted((root / "sys/class/thermal").glob("thermal_zone*")):
        now = read_number(zone / "temp")
        if now is None or not (read_text(zone / "type") or "").lower().startswith(_PROCESSOR_ZONES):
            continue
        kinds = {file: read_text(file) for file in sorted(zone.glob("trip_point_*_type"))}
        limits = [
            _limit_c(read_number(file.with_name(file.name.replace("_type", "_temp"))))
            for file, kind in kinds.items()
            if kind in ("critical", "hot")
        ]
        yield Temperature(now / 1e3, min((limit for limit in limits if limit is not None), default=None))


def _limit_c(millidegrees: int | None) -> float | None:
    if millidegrees is None or not 0 < millidegrees / 1e3 <= _LARGEST_LIMIT_C:
        return None
    return millidegrees / 1e3
