"""Stand-ins that answer at once, so that a benchmark measures the gateway and not an engine."""
