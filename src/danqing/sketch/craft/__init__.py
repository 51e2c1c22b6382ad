"""The materials and tools: art, paper, colours, type, and the finishes that make a style."""
