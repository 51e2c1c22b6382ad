"""What only the vendors themselves can tell: each fact that Danqing relies on, and a call that shows whether it is so.

The imitations in `upstreams` are as faithful as documents and clients of the vendors allow; this asks the vendors.
"""
