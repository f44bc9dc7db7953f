"""Is this machine fit to measure now, and what to mend: looks, tries clocks, asks runners, judges."""
