"""What the host and the devices tell about themselves while something is measured; imports nothing else of clipperf."""
