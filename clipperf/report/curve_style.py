"""How curves are told apart: by colour, and without colour by lightness, marker and line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MOST = 8
"""More curves than this cannot be told apart in one panel."""

NEUTRAL = "#333333"
"""The colour of what belongs to no curve or to all."""


@dataclass(frozen=True)
class Style:
    """Colour, marker and line of one curve, as matplotlib names them."""

    colour: str
    marker: str
    line: Any

    def point(self, size: float = 5.5, is_hollow: bool = False) -> dict[str, Any]:
        """The look of a point without a line; ``size`` in points."""
        look = {"color": self.colour, "marker": self.marker, "linestyle": "", "markersize": size}
        return look | {"markerfacecolor": "white" if is_hollow else self.colour}

    def stroke(self, width: float = 1.8) -> dict[str, Any]:
        """The look of a line without points; ``width`` in points."""
        return {"color": self.colour, "linestyle": self.line, "linewidth": width}


_DASHES, _DOTS, _BOTH = (0, (6, 2)), (0, (2, 1.2)), (0, (6, 2, 1.5, 2))
STYLES = (
    Style("#14213d", "o", "-"),
    Style("#c1121f", "s", _DASHES),
    Style("#2a9d8f", "D", _DOTS),
    Style("#e9a03b", "v", _BOTH),
    Style("#5a189a", "P", _DOTS),
    Style("#3a6ea5", "X", _BOTH),
    Style("#8a9a2b", "<", "-"),
    Style("#d98fb0", ">", _DASHES),
)
"""The first four differ most in lightness, since few curves are the common case; none of like lightness share a line.

No marker is the upward triangle or the cross: they say ``≥`` and ``no figures`` in every panel.
"""
