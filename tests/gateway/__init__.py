"""The gateway with real parts around it."""
