"""Kills servers and workers at every step and at random, and then asks whether anything was lost or paid for twice.

`make chaos` is the long form; `test_chaos.py` is the short one.
"""
