"""ais_bench, Ascend's benchmark of .om models, by itself or as ``msit benchmark`` and ``ait benchmark``.

``program`` finds it and asks what it can do, ``command`` builds its command lines, ``printed`` and ``summary`` read
what it said, ``failures`` says what it died of, ``reports`` translates, ``places`` and ``stored`` put together what a
case and what a log hold. What is said of the vendor's program here was read in its sources from 2023-06 to 2025-12
(Ascend's tools and msit repositories); nothing of it was seen on the hardware.
"""

from __future__ import annotations

from clipperf.tools.ais_bench.tool import AisBench

__all__ = ["AisBench"]
