"""The nouns and decisions of Danqing: pure values and functions, without a clock, I/O or asyncio."""
