"""Front doors: one module for each way in which clients ask and wait, found by its name.

A dialect has `routes(front)`, `envelope(problem)` for its errors, and `claims(request)`: whether somebody who asked for
an unknown path expected this dialect.
"""
