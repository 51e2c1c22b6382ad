"""Single figures: drawn, posed, coloured, and joined where they touch."""
