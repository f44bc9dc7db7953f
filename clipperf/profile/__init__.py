"""A run profile: what to sweep and how long, from a YAML file, from flags, or from keyword arguments.

All three say the same keys; flags override a file. Every problem is found and told at once, before anything runs.
"""

from clipperf.profile.files import read_profile, shipped_profiles, sources_in
from clipperf.profile.keys import Profile
from clipperf.profile.making import make_profile, overridden
from clipperf.profile.values import Scalar

__all__ = ["Profile", "Scalar", "make_profile", "overridden", "read_profile", "shipped_profiles", "sources_in"]
