"""The client, against servers that break off, refuse, and speak other languages."""
