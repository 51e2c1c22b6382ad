"""The types of the studio, checked by TypeScript; `make types` runs it."""
