"""The stage: where everyone stands, how they act, and how the camera sees them at any moment."""
