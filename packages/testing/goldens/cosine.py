"""The discrete cosine transform by its definition: a product with an explicit matrix.

X_k = 2 sum_t x_t cos(pi k (2 t + 1) / (2 n)), k = 0 .. n-1 (DCT-II), and its inverse (DCT-III). The
scales are those of scipy's norms: 'backward' has the factor 1/(2n) in the inverse, 'forward' in the
transform, 'ortho' makes the matrix orthogonal.
"""

from functools import cache

import numpy as np


@cache
def matrix(n: int, norm: str) -> np.ndarray:
    """C with X = C x, shape [n, n]."""
    k, t = np.arange(n)[:, None], np.arange(n)
    # An integer number of steps of pi / (2n), reduced below one turn.
    cosines = 2 * np.cos(np.pi * ((k * (2 * t + 1)) % (4 * n)) / (2 * n))
    if norm == "backward":
        return cosines
    if norm == "forward":
        return cosines / (2 * n)
    if norm == "ortho":
        return cosines * np.where(k == 0, np.sqrt(1 / (4 * n)), np.sqrt(1 / (2 * n)))
    raise ValueError(f"norm must be 'backward', 'ortho' or 'forward', got {norm!r}")


@cache
def inverse_matrix(n: int, norm: str) -> np.ndarray:
    """The inverse of `matrix`, from the orthogonality of its rows."""
    rows = matrix(n, norm)
    return (rows / np.sum(rows * rows, axis=1, keepdims=True)).T


def mirrored(x: np.ndarray) -> np.ndarray:
    """The DCT-II of the last axis by numpy's FFT of the signal and its mirror image."""
    n = x.shape[-1]
    spectrum = np.fft.fft(np.concatenate([x, x[..., ::-1]], axis=-1))[..., :n]
    return (spectrum * np.exp(-0.5j * np.pi * np.arange(n) / n)).real
