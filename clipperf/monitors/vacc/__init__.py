"""Vastai's devices: what VastStreamX tells of its dies, and ``vasmi`` where VastStreamX is not installed."""

from __future__ import annotations

from clipperf.monitors.vacc.monitor import Vacc

__all__ = ["Vacc"]
