"""The flags of ``provision`` that say what is asked for, and what they make together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from clipperf.cli.common import read_share
from clipperf.errors import ProfileError, UsageError

if TYPE_CHECKING:
    from clipperf.analysis.provision_wanted import Wanted

Function = TypeVar("Function", bound=Callable[..., Any])
_RATES = {"vision": "images_per_s", "text": "texts_per_s"}
_DEFAULT_HEADROOM = "30%"


def provision_flags(function: Function) -> Function:
    """One tower or both: rows, models, rates, objectives; then headroom and price."""
    rate, rows = click.FloatRange(min=0, min_open=True, max=1e7), click.Path(path_type=Path)
    for option in (
        click.option("--vision", type=rows, metavar="ROWS", help="Measured curve of the image encoder."),
        click.option("--text", type=rows, metavar="ROWS", help="Measured curve of the text encoder."),
        click.option("--vision-model", metavar="NAME", help="Which model of the rows; default: the one called vision."),
        click.option("--text-model", metavar="NAME", help="Which model of the rows; default: the one called text."),
        click.option("--images-per-s", type=rate, metavar="RATE", help="Images that arrive a second."),
        click.option("--texts-per-s", type=rate, metavar="RATE", help="Texts that arrive a second."),
        click.option("--prompts-per-image", type=rate, metavar="N", help="Texts for each image, not --texts-per-s."),
        click.option("--vision-slo", metavar="OBJECTIVE", help='What an image may wait, such as "p99<=50ms".'),
        click.option("--text-slo", metavar="OBJECTIVE", help='What a text may wait, such as "p99<=20ms".'),
        click.option("--headroom", metavar="SHARE", help=f"Free share of a device.  [default: {_DEFAULT_HEADROOM}]"),
        click.option("--price-per-device-hour", type=click.FloatRange(min=0), metavar="MONEY", help="In any currency."),
    )[::-1]:
        function = option(function)
    return function


def given_flags(flags: Mapping[str, Any]) -> list[str]:
    """Those that were given, as a user writes them."""
    return [f"--{name.replace('_', '-')}" for name, value in flags.items() if value not in (None, False)]


def wanted_of(flags: Mapping[str, Any]) -> Wanted:
    """What the flags ask for; raises ProfileError with every problem of them."""
    from clipperf.analysis.objective import read_objective
    from clipperf.analysis.provision_wanted import Wanted, WantedTower

    problems, rates = [], {tower: flags[name] for tower, name in _RATES.items()}
    if flags["prompts_per_image"] is not None:
        if rates["text"] is not None:
            problems.append("--prompts-per-image and --texts-per-s: both say how many texts arrive; give one of them.")
        elif rates["vision"] is None:
            problems.append("--prompts-per-image counts texts for each image; say how many images by --images-per-s.")
        else:
            rates["text"] = flags["prompts_per_image"] * rates["vision"]
    towers = {}
    for tower, rate_per_s in rates.items():
        rows, model, slo = (flags[f"{tower}{part}"] for part in ("", "_model", "_slo"))
        rate_flag = f"--{_RATES[tower].replace('_', '-')}"
        if rows is not None and rate_per_s is None:
            problems.append(f"--{tower} {rows}: say how many arrive by {rate_flag}.")
        elif rows is not None:
            towers[tower] = WantedTower(rows, model, rate_per_s, slo)
        elif (rate_per_s, model, slo) != (None, None, None):
            problems.append(f"The {tower} tower needs a measured curve; give a run folder by --{tower}.")
    if not towers and not problems:
        problems.append("Give a measured curve, such as --vision RUNFOLDER, and what arrives (--images-per-s 200).")
    for tower, one in towers.items():
        if one.slo is not None:
            problems += _problem(partial(read_objective, one.slo, f"--{tower}-slo"))
    headroom = flags["headroom"] or _DEFAULT_HEADROOM
    problems += _problem(partial(read_share, "--headroom", headroom))
    if problems:
        raise ProfileError(problems)
    return Wanted(towers, read_share("--headroom", headroom), flags["price_per_device_hour"])


def _problem(read: Callable[[], object]) -> list[str]:
    try:
        read()
    except UsageError as error:
        return [str(error)]
    return []
