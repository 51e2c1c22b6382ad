"""Places: land, sea, sky, towns, rooms and stages, and the weather in them."""
