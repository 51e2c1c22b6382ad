"""Danqing 丹青: a self-hosted gateway and studio for generated pictures and film."""

__version__ = "0.1.0"
