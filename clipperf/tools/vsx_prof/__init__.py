"""vsx_prof: VastStreamX's profilers for VACC: ``clip_image_prof``, ``clip_text_prof``, their ``.py`` twins and others.

``program`` finds one and asks for its flags, ``command`` builds its command line, ``blocks`` reads what it printed,
``failures`` says what it died of, ``reports`` translates, ``stored`` reads logs and notes with ``spoken`` and the
``headings`` of all tools. What is said of the vendor's programs was read in their sources (VastStreamX-Samples
2025-09 and VastModelZOO); nothing of it was seen on the hardware.
"""

from __future__ import annotations

from clipperf.tools.vsx_prof.tool import VsxProf

__all__ = ["VsxProf"]
