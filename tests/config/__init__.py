"""The configuration: who is heard first, what is wrong and where, and that no secret is shown."""
