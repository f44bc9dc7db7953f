"""What is here and whether a plan can be placed on it: the answer to the first order of a sweep."""

from __future__ import annotations

import sys
from typing import Any, Iterator, Mapping, Sequence

from clipperf.errors import ClipperfError
from clipperf.runners import load_runner
from clipperf.runners.base import Option, Runner


def check(order: Mapping[str, Any]) -> dict[str, Any]:
    """Probes the runner and tries each set of devices with each set of options; problems are sentences."""
    runner = load_runner(order["runner"])
    problems, default_devices, any_batch = [], [], []
    for options in order["options"]:
        found = list(_problems(runner, options, order["sets"]))
        problems += found
        default_devices.append("" if found else runner.default_device(options))
        any_batch.append(not found and runner.takes_any_batch(order["model"], options))
    probe, abilities = runner.probe(), runner.abilities(order["model"])
    return {
        "version": probe.version,
        "driver_version": probe.driver_version,
        "devices": probe.devices,
        "default_devices": default_devices,
        "model_formats": probe.model_formats,
        "monitor": probe.monitor,
        "libraries": dict(probe.libraries, python=sys.version.split()[0]),
        "scopes": sorted(abilities.scopes),
        "precisions": sorted(abilities.precisions),
        "variants": sorted(abilities.variants),
        # The cases of a plan are grouped alike.
        "dynamic_batch": abilities.dynamic_batch and all(any_batch),
        "concurrent_slots": abilities.concurrent_slots,
        "releases_gil": abilities.releases_gil,
        "problems": list(dict.fromkeys(problems)),
    }


def _problems(runner: Runner, options: Mapping[str, Option], sets: Sequence[Sequence[str]]) -> Iterator[str]:
    try:
        runner.check_options(options)
    except ClipperfError as error:
        yield str(error)
    for devices in sets:
        taken: set[int] = set()
        for device in devices:
            try:
                cores = set(runner.cores(device, options) or ())
            except ClipperfError as error:
                yield str(error)
                continue
            if cores & taken:
                shared = ", ".join(map(str, sorted(cores & taken)))
                yield f"--device {','.join(devices)}: core {shared} is in two devices of the set; give each its own."
            taken |= cores
