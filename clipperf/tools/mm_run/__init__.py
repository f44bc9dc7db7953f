"""mm_run, Cambricon's benchmark program for models built with MagicMind."""

from clipperf.tools.mm_run.tool import MmRun

__all__ = ["MmRun"]
