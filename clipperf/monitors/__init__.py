"""What the host and the devices tell about themselves while something is measured; imports nothing else of clipperf.

Device monitors are a table, name → "module:Class", imported only when asked for. A new one is one file in this folder
and one line here; a runner names its own as ``Probe.monitor``, one outside the package by its dotted path.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clipperf.monitors.device import DeviceMonitor

TABLE = {
    "npu_smi": "clipperf.monitors.npu_smi:NpuSmi",
    "cnmon": "clipperf.monitors.cnmon:Cnmon",
    "bm_smi": "clipperf.monitors.bm_smi:BmSmi",
    "vacc": "clipperf.monitors.vacc:Vacc",
}
NONE = "clipperf.monitors.device:NoMonitor"


class UnknownMonitor(Exception):
    """A name that is neither in the table nor leads to a class; the message is a sentence."""


def load_monitor(name: str, python: str | None = None) -> DeviceMonitor:
    """The device monitor of that name or dotted path; one that tells nothing where the name is empty.

    One that has to ask a vendor's SDK finds that in the interpreter ``python``. Raises UnknownMonitor.
    """
    module_name, _, class_name = TABLE.get(name, name or NONE).partition(":")
    try:
        monitor: DeviceMonitor = getattr(importlib.import_module(module_name), class_name)()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise UnknownMonitor(
            f"Device monitor {name}: there is none of that name ({error}); take one of {', '.join(TABLE)}, or a class "
            "of your own as package.module:Class."
        ) from error
    monitor.python = python
    return monitor
