"""Gradients of linear maps by definition: the map is applied to every basis vector."""

from collections.abc import Callable

import numpy as np

Map = Callable[[np.ndarray], np.ndarray]


def gradient(linear: Map, shape: tuple[int, ...], upstream: np.ndarray) -> np.ndarray:
    """dL/dx of L = sum(upstream * linear(x)), x of `shape`: L of each basis vector.

    A complex result counts as two real ones: L = sum(up.re * y.re + up.im * y.im).
    """
    found = np.empty(shape)
    for place in np.ndindex(*shape):
        vector = np.zeros(shape)
        vector[place] = 1
        found[place] = inner(upstream, linear(vector))
    return found


def complex_gradient(linear: Map, shape: tuple[int, ...], upstream: np.ndarray) -> np.ndarray:
    """(dL/dre, dL/dim) as one complex array, without a conjugation, for complex x of `shape`."""
    real = gradient(linear, shape, upstream)
    imaginary = gradient(lambda vector: linear(1j * vector), shape, upstream)
    return real + 1j * imaginary


def inner(upstream: np.ndarray, y: np.ndarray) -> float:
    """sum(up.re * y.re + up.im * y.im)."""
    return float(np.sum(upstream.real * y.real + upstream.imag * y.imag))
