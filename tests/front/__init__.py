"""What all front doors share, by itself."""
