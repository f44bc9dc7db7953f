"""Chooses what to measure: sweeps, looks at what came out, and measures the answer again."""
