"""The vendors' conversion of a model: what to type for it, and running that where the vendor's program is installed."""
