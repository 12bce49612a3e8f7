"""The ramp that all masks are: clip((R + t - d) / R, 0, 1), for a threshold t and distances d.

Its slope is the inclusive one: a position at exactly 0 or exactly 1 still passes the gradient, as
the clips of TensorFlow, PyTorch and tfjs do.
"""

import numpy as np


def heights(smoothness: float, threshold: float, distances: np.ndarray) -> np.ndarray:
    """The ramp before it is clipped. At kinks rounding decides, so the order here matters."""
    return (1 / smoothness) * (smoothness + threshold - distances)


def mask(smoothness: float, threshold: float, distances: np.ndarray) -> np.ndarray:
    """The mask of each distance, from 0 to 1."""
    return np.clip(heights(smoothness, threshold, distances), 0, 1)


def slope(smoothness: float, threshold: float, distances: np.ndarray) -> np.ndarray:
    """d mask / d threshold: 1/R on the ramp, both ends included, and 0 elsewhere."""
    height = heights(smoothness, threshold, distances)
    return np.where((height >= 0) & (height <= 1), 1 / smoothness, 0.0)


def kink_distance(smoothness: float, threshold: float, distances: np.ndarray) -> float:
    """The distance of a position from a corner of the clip, in units of the mask."""
    height = heights(smoothness, threshold, distances)
    return float(np.min(np.minimum(np.abs(height), np.abs(height - 1))))
