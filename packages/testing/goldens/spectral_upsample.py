"""Spectral upsampling: zero padding of the spectrum, the reverse of spectral pooling.

Rippel, Snoek & Adams, "Spectral Representations for Convolutional Neural Networks" (2015).
y = U_h x U_w^T with U = inverse DFT . padding . DFT at the scale of numpy's `norm='forward'`, so a
constant keeps its value. Frequency k of n goes to k of N. The Nyquist frequency n/2 of an even n <
N goes to n/2 and -n/2, with half of its value each.
"""

import math
from typing import Any

import numpy as np

from . import dft, relative
from .tensors import array, tensor, upstream_of

GIVEN = ("outputSize",)
MEASURED = ()
DIGITS = 15


def padding(n: int, size: int) -> np.ndarray:
    """The places of the n frequencies among `size` ones, in FFT order: [size, n]."""
    if size < n:
        raise ValueError(f"the output must have at least {n} pixels, got {size}")
    places = np.zeros((size, n))
    for row in range(n):
        k = row if 2 * row <= n else row - n
        if 2 * k == n and size > n:
            places[k, row] = places[size - k, row] = 0.5
        else:
            places[k % size, row] = 1
    return places


def upsampling_matrix(n: int, size: int) -> np.ndarray:
    """U, shape [size, n]. Its imaginary part is 0 up to rounding."""
    spectrum = dft.forward_matrix(n, n) / n
    return (dft.inverse_matrix(size) * size @ padding(n, size) @ spectrum).real


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The output and the input's gradient, by the transposed matrices."""
    x = array(given["input"])
    height, width = x.shape[-2:]
    outputs = given["params"]["outputSize"]
    rows, cols = upsampling_matrix(height, outputs[0]), upsampling_matrix(width, outputs[1])
    output = rows @ x @ cols.T
    upstream = upstream_of(given, output)
    share = height * width / (outputs[0] * outputs[1])
    return {
        "params": {"outputSize": outputs, "toUnitary": math.sqrt(share), "toBackward": share},
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": {"input": tensor(rows.T @ upstream @ cols)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The output through numpy's FFTs, one axis after the other."""
    output = array(case["input"])
    for axis, size in zip((-2, -1), case["params"]["outputSize"], strict=True):
        spectrum = np.fft.fft(output, axis=axis, norm="forward")
        padded = np.moveaxis(spectrum, axis, -1) @ padding(output.shape[axis], size).T
        output = np.moveaxis(np.fft.ifft(padded, norm="forward").real, -1, axis)
    return {"numpy.fft": relative.arrays(array(case["output"]), output)}
