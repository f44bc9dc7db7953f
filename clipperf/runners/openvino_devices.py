"""Devices of OpenVINO's plugins: sets of cores for the CPU plugin, names such as GPU.1 for the others."""

from __future__ import annotations

import re

from clipperf.errors import Unsupported
from clipperf.runners.cpu_cores import parse_cores

_PLUGIN = re.compile(r"(GPU|NPU)(\.[0-9]{1,3})?")


def cores_of_plugin(device: str) -> tuple[int, ...] | None:
    """The cores of a device of the CPU plugin, None for the device of another; raises Unsupported for neither."""
    if _PLUGIN.fullmatch(device):
        return None
    if not device[:1].isdigit():
        raise Unsupported(
            f"--device {device}: give a set of cores for OpenVINO's CPU plugin, such as 0 or 0-1, or a device of "
            "another by its name: GPU, GPU.1 or NPU."
        )
    return parse_cores(device)
