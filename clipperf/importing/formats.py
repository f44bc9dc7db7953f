"""The kinds of logs that can be imported: name → who reads them, imported only when asked for.

Every vendor's benchmark program reads its own logs. Programs that clipperf cannot start, such as a vendor's sample
script, have a reader here.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Protocol

from clipperf.tools import TABLE as TOOLS
from clipperf.tools import load_tool
from clipperf.tools.base import Report

SCRIPTS = {"torch_aie": "clipperf.importing.perf_test:PerfTest"}
"""Samples that come with an SDK and are run by hand, by the name of the runner that measures with the same SDK."""

FORMATS = (*TOOLS, *SCRIPTS)


class LogReader(Protocol):
    """What reads one kind of logs; ``name`` is who held the clock."""

    name: str

    def read_log(self, name: str, text: str) -> Sequence[Report]:
        """The measurements in a file of that name; raises UsageError where it has none."""


def load_reader(format_: str) -> LogReader:
    """The reader of that name, which must be among ``FORMATS``."""
    if format_ in TOOLS:
        return load_tool(format_)
    module_name, _, class_name = SCRIPTS[format_].partition(":")
    reader: LogReader = getattr(importlib.import_module(module_name), class_name)()
    return reader
