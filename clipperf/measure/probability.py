"""Test statistics on one scale: as many standard deviations of a normal variable as are equally unlikely."""

from __future__ import annotations

import math


def two_sided(z: float) -> float:
    """P(|Z| ≥ z) of a standard normal Z."""
    return math.erfc(abs(z) / math.sqrt(2.0))


def normal_of_t(t: float, freedom: float) -> float:
    """For Student's t (Wallace, Annals of Mathematical Statistics 30, 1959): within 0.05 from 3 degrees of freedom."""
    size = math.sqrt(freedom * math.log1p(t * t / freedom)) * (8.0 * freedom + 1.0) / (8.0 * freedom + 3.0)
    return math.copysign(size, t)


def normal_of_f(f: float, freedom_above: float, freedom_below: float) -> float:
    """For Fisher's F, larger meaning less likely (Paulson, Annals of Mathematical Statistics 13, 1942)."""
    above, below = 2.0 / (9.0 * freedom_above), 2.0 / (9.0 * freedom_below)
    root = math.exp(math.log(f) / 3.0) if f > 0.0 else 0.0
    return ((1.0 - below) * root - (1.0 - above)) / math.sqrt(below * root * root + above)


def largest_split(z: float, margin: float) -> float:
    """P(some split of a series scores z or more), over all splits that leave ``margin`` (0 to 0.5) on either side.

    The tail of the standardised Brownian bridge (James, James and Siegmund, Biometrika 74, 1987); 1 where z is too
    small for the approximation.
    """
    if z < 2.0:
        return 1.0
    looks = (1.0 - 1.0 / z**2) * 2.0 * math.log((1.0 - margin) / margin) + 4.0 / z**2
    return min(1.0, z * math.exp(-z * z / 2.0) / math.sqrt(2.0 * math.pi) * looks)
