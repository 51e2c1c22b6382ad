"""Files on a disk and in a bucket: one contract for both, and what is peculiar to each."""
