"""The discrete Fourier transform by its definition: a product with an explicit matrix.

rfft2: X[k, l] = sum_{r,c} x[r, c] exp(-2 pi i (k r / h + l c / w)), l = 0 .. floor(w/2).
irfft2: the complex inverse along the rows' axis first, Z_r = (1/h) sum_k Y_k exp(2 pi i k r / h);
then x_c = (1/w) (Re Z_0 + 2 sum_{0<l<w/2} Re(Z_l exp(2 pi i l c / w)) + last), where last is
(-1)^c Re Z_{w/2} for even w and 0 for odd w.
Neither has another factor: this is the scale of numpy's `norm='backward'`.
"""

from functools import cache

import numpy as np


def phases(turns: np.ndarray, n: int, real: type[np.floating] = np.float64) -> np.ndarray:
    """exp(2 pi i t / n) for integers t: reduced below one turn, exact at quarters of a turn."""
    turns = turns % n
    pi = 4 * np.arctan(real(1))
    angles = 2 * pi * turns.astype(real) / real(n)
    values = np.cos(angles) + 1j * np.sin(angles)
    for quarter, exact in enumerate((1, 1j, -1, -1j)):
        values[4 * turns == quarter * n] = exact
    return values


@cache
def forward_matrix(n: int, bins: int, real: type[np.floating] = np.float64) -> np.ndarray:
    """F[k, t] = exp(-2 pi i k t / n), shape [bins, n]."""
    return phases(-np.outer(np.arange(bins), np.arange(n)), n, real)


@cache
def inverse_matrix(n: int, real: type[np.floating] = np.float64) -> np.ndarray:
    """The complex inverse: (1/n) exp(+2 pi i k t / n), shape [n, n]."""
    return phases(np.outer(np.arange(n), np.arange(n)), n, real) / n


@cache
def real_inverse_matrix(n: int, real: type[np.floating] = np.float64) -> np.ndarray:
    """C with x = Re(C Z) for a half spectrum Z: each bin with a mirror image counts twice."""
    bins = np.arange(n // 2 + 1)
    twice = np.where((bins == 0) | (2 * bins == n), 1, 2)
    return phases(np.outer(np.arange(n), bins), n, real) * twice / n


def rfft(x: np.ndarray) -> np.ndarray:
    """[n] to [floor(n/2) + 1], in the precision of `x`."""
    n = x.shape[-1]
    return forward_matrix(n, n // 2 + 1, x.dtype.type) @ x


def irfft(spectrum: np.ndarray, n: int) -> np.ndarray:
    """[floor(n/2) + 1] to [n], in the precision of `spectrum`."""
    return (real_inverse_matrix(n, spectrum.real.dtype.type) @ spectrum).real


def rfft2(x: np.ndarray) -> np.ndarray:
    """[..., h, w] to [..., h, floor(w/2) + 1], in the precision of `x`."""
    h, w = x.shape[-2:]
    real = x.dtype.type
    return forward_matrix(h, h, real) @ x @ forward_matrix(w, w // 2 + 1, real).T


def irfft2(spectrum: np.ndarray, w: int) -> np.ndarray:
    """[..., h, floor(w/2) + 1] to [..., h, w], in the precision of `spectrum`."""
    h = spectrum.shape[-2]
    real = spectrum.real.dtype.type
    return (inverse_matrix(h, real) @ spectrum @ real_inverse_matrix(w, real).T).real
