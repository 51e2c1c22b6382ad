"""Chance that can be repeated: random sources drawn from a plan's prompt and seed, the same in every process."""

import hashlib
import random

import numpy as np

from danqing.sketch.planning.plan import Plan


def _number(plan: Plan, purpose: str) -> int:
    key = f"{plan.seed}|{purpose}|{plan.prompt}".encode()
    return int.from_bytes(hashlib.sha256(key).digest()[:8], "big")


def turn(plan: Plan, purpose: str, options: int) -> int:
    """Which of `options` has its turn: seeds that follow each other get different ones."""
    start = int.from_bytes(hashlib.sha256(f"{purpose}|{plan.prompt}".encode()).digest()[:4], "big")
    return (plan.seed + start) % options


def dice(plan: Plan, purpose: str) -> random.Random:
    """A random source for one purpose; other purposes of the same plan do not disturb it."""
    return random.Random(_number(plan, purpose))


def field_dice(plan: Plan, purpose: str) -> np.random.Generator:
    """As `dice`, for numpy fields of noise."""
    return np.random.default_rng(_number(plan, purpose))
