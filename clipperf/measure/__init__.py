"""The measuring core: pure functions over an injected clock; no I/O, no vendor, nothing else of clipperf."""
