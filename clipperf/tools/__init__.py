"""The table of vendors' benchmark programs: name → "module:Class", imported only when asked for.

A new tool is one package in this folder and one line here.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clipperf.tools.base import Tool

TABLE = {
    "ais_bench": "clipperf.tools.ais_bench:AisBench",
    "bmrt_test": "clipperf.tools.bmrt_test:BmrtTest",
    "mm_run": "clipperf.tools.mm_run:MmRun",
    "vsx_prof": "clipperf.tools.vsx_prof:VsxProf",
}


def load_tool(name: str, python: str | None = None) -> Tool:
    """The tool of that name, which must be in the table; one that is written in Python lives in ``python``."""
    module_name, _, class_name = TABLE[name].partition(":")
    tool: Tool = getattr(importlib.import_module(module_name), class_name)()
    tool.python = python
    return tool
