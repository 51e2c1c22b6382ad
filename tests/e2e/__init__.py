"""Proofs with real processes: servers that are killed, strangers' modules, browsers."""
