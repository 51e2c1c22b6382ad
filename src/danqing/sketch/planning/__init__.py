"""The plan: who and what is in a picture, where, when, how large, and how they stand to each other."""
