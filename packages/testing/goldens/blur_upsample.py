"""Blurred upsampling: zero insertion, then the filter of BlurPool with gain `stride` per axis.

The reverse of Zhang, "Making Convolutional Networks Shift-Invariant Again" (ICML 2019). Pixel i of
x goes to pixel i . stride of an image of zeros with `outputSize` pixels. The filter then adds
ceil((n-1)/2) pixels before and floor((n-1)/2) after, by the rule of `padType`.
"""

from typing import Any

import numpy as np

from . import blur_pool, relative
from .tensors import array, tensor, upstream_of

GIVEN = ("filterSize", "stride", "padType", "outputSize")
MEASURED = ()
DIGITS = 15


def upsampling_matrix(n: int, size: int, params: dict[str, Any]) -> np.ndarray:
    """The filter at stride 1 on `size` pixels, times the zero insertion: [size, n]."""
    taps, stride = params["filterSize"], params["stride"]
    after, before = blur_pool.padding(taps)
    matrix = np.zeros((size, size))
    for row in range(size):
        for tap, weight in enumerate(blur_pool.binomial(taps)):
            place = row + tap - before
            pixel = place % size if params["padType"] == "circular" else blur_pool.source(
                place, size, params["padType"]
            )
            if pixel is not None:
                matrix[row, pixel] += weight * stride
    if before + after != taps - 1 or n != -(-size // stride):
        raise ValueError(f"{size} pixels need {-(-size // stride)} of the input, got {n}")
    return matrix[:, ::stride]


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The output and the input's gradient, by the transposed matrices."""
    x, params = array(given["input"]), given["params"]
    height, width = x.shape[-2:]
    rows = upsampling_matrix(height, params["outputSize"][0], params)
    cols = upsampling_matrix(width, params["outputSize"][1], params)
    output = rows @ x @ cols.T
    upstream = upstream_of(given, output)
    return {
        "params": {name: params[name] for name in GIVEN},
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": {"input": tensor(rows.T @ upstream @ cols)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The output by windows of a padded image of zeros."""
    params, x = case["params"], array(case["input"])
    taps, stride, size = params["filterSize"], params["stride"], params["outputSize"]
    inserted = np.zeros((*x.shape[:-2], *size))
    inserted[..., ::stride, ::stride] = x
    after, before = blur_pool.padding(taps)
    mode = {**blur_pool.NUMPY_MODES, "circular": "wrap"}[params["padType"]]
    padded = np.pad(inserted, ((0, 0), (0, 0), (before, after), (before, after)), mode)
    window = np.outer(blur_pool.binomial(taps), blur_pool.binomial(taps)) * stride**2
    output = np.empty(inserted.shape)
    for i, j in np.ndindex(*size):
        output[..., i, j] = (padded[..., i : i + taps, j : j + taps] * window).sum(axis=(-2, -1))
    return {"windows": relative.arrays(array(case["output"]), output)}
