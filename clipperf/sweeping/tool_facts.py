"""Asks a vendor's tool what is here and whether the plan can be placed, before measuring."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clipperf.errors import ClipperfError, RunnerUnavailable
from clipperf.sweeping.preflight import RunnerFacts
from clipperf.tools import load_tool
from clipperf.tools.base import Tool


def ask_tool(
    name: str, sets: Sequence[list[str]], options: Sequence[Mapping[str, Any]], python: str | None
) -> RunnerFacts:
    """The facts, given the sets of devices and of options to place; raises RunnerUnavailable where the tool is not."""
    tool = load_tool(name, python)
    problems = list(dict.fromkeys(_refusals(tool, options)))
    if problems:
        nowhere = ("",) * len(options)
        return RunnerFacts(
            "", "", (), nowhere, tool.model_formats, {}, False, True, True, tuple(problems), tool.scopes[0]
        )
    probe = tool.probe(options[0])
    unknown = [device for devices in sets for device in devices if probe.devices and device not in probe.devices]
    problems = [
        f"--device {device}: {name} has no such device here; there are {', '.join(probe.devices)}."
        for device in dict.fromkeys(unknown)
    ]
    return RunnerFacts(
        version=probe.version,
        driver_version=probe.driver_version,
        devices=probe.devices,
        default_devices=(probe.default_device,) * len(options),
        model_formats=probe.model_formats or tool.model_formats,
        libraries=dict(probe.libraries, python=sys.version.split()[0]),
        dynamic_batch=False,
        concurrent_slots=True,
        releases_gil=True,
        problems=tuple(problems),
        default_scope=tool.scopes[0],
        monitor=tool.monitor,
    )


def _refusals(tool: Tool, options: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for chosen in options:
        try:
            tool.check_options(chosen)
        except RunnerUnavailable:
            # Some tools know their options by their program alone, and that is not here.
            raise
        except ClipperfError as error:
            yield str(error)
