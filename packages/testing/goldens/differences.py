"""Central differences: a second method for gradients, away from kinks of the loss."""

from collections.abc import Callable

import numpy as np

STEP = 1e-5

CLEAR = 1e-3
"""The minimum distance from a corner of the loss, in units of the function with the corner."""


def gradient(loss: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """(loss(x + STEP e) - loss(x - STEP e)) / (2 STEP) for every basis vector e."""
    found = np.empty(at.shape)
    for place in np.ndindex(*at.shape):
        above, below = at.copy(), at.copy()
        above[place] += STEP
        below[place] -= STEP
        found[place] = (loss(above) - loss(below)) / (above[place] - below[place])
    return found
