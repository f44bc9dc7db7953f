"""A night: all sweeps, the history, verdicts over it, and what is told of them."""
