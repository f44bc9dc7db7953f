"""Sophon's devices: what the driver's files tell, and ``bm-smi`` where they do not."""

from __future__ import annotations

from clipperf.monitors.bm_smi.monitor import BmSmi

__all__ = ["BmSmi"]
