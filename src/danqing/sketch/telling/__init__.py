"""A plan in words: captions, poems, an enhanced prompt."""
