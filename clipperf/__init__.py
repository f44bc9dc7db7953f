"""clipperf: one harness that measures how fast CLIP and ViT models run, on every vendor's accelerator.

This module imports nothing heavy: the command's start-up and workers under a vendor's old Python both pass through it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["__version__", "related", "sweep"]

if TYPE_CHECKING:
    from clipperf.api import related, sweep


def __getattr__(name: str) -> Any:
    if name in ("related", "sweep"):
        from clipperf import api

        return getattr(api, name)
    raise AttributeError(f"module 'clipperf' has no attribute {name!r}")
