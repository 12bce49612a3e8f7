"""Inputs from a seed, by the linear congruential generator of Numerical Recipes.

s <- (1664525 s + 1013904223) mod 2^32; the first value comes after one step.
"""

import numpy as np


def states(seed: int, count: int) -> np.ndarray:
    """The first `count` states after `seed`, as integers below 2^32."""
    found = np.empty(count, dtype=np.int64)
    state = seed % 2**32
    for i in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        found[i] = state
    return found


def unit(seed: int, count: int) -> np.ndarray:
    """Values in [-1, 1): s / 2^31 - 1."""
    return states(seed, count) / 2.0**31 - 1


def unit_pairs(seed: int, count: int) -> np.ndarray:
    """Complex values, taken from `unit` in pairs (re, im)."""
    pairs = unit(seed, 2 * count).reshape(count, 2)
    return pairs[:, 0] + 1j * pairs[:, 1]


def milli(seed: int, count: int) -> np.ndarray:
    """Values in [-2, 2] with three decimals: ((s >> 16) mod 4001 - 2000) / 1000."""
    return ((states(seed, count) >> 16) % 4001 - 2000) / 1000
