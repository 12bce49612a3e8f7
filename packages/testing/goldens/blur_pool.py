"""BlurPool: Zhang, "Making Convolutional Networks Shift-Invariant Again" (ICML 2019).

A binomial filter of n taps (row n - 1 of Pascal's triangle over 2^(n-1)) along both axes, then
every `stride`-th place: y = B_h x B_w^T with explicit matrices B, and dx = B_h^T g B_w.
floor((n-1)/2) places are added before and ceil((n-1)/2) after, so that ceil(N / stride) are left.
"""

import math
from typing import Any

import numpy as np

from . import basis, relative
from .tensors import array, tensor, upstream_of

GIVEN = ("filterSize", "stride", "padType")
MEASURED = ()
DIGITS = 15

NUMPY_MODES = {"reflect": "reflect", "replicate": "edge", "zero": "constant"}
"""The mode of numpy's `pad` for each kind of padding."""


def binomial(taps: int) -> np.ndarray:
    """The filter, which sums to 1."""
    return np.array([math.comb(taps - 1, i) for i in range(taps)]) / 2 ** (taps - 1)


def padding(taps: int) -> tuple[int, int]:
    """The number of added pixels before and after."""
    return (taps - 1) // 2, taps // 2


def source(place: int, size: int, pad_type: str) -> int | None:
    """The source pixel of a place in the padded image. None for a zero."""
    if 0 <= place < size:
        return place
    if pad_type == "zero":
        return None
    if pad_type == "replicate":
        return min(max(place, 0), size - 1)
    mirrored = -place if place < 0 else 2 * (size - 1) - place
    if not 0 <= mirrored < size:
        raise ValueError(f"size must be larger than the reflected margin, got {size}")
    return mirrored


def blur_matrix(size: int, taps: int, stride: int, pad_type: str) -> np.ndarray:
    """B, shape [ceil(size / stride), size]."""
    if pad_type not in NUMPY_MODES:
        raise ValueError(f"padType must be one of {', '.join(NUMPY_MODES)}, got {pad_type!r}")
    before, _ = padding(taps)
    matrix = np.zeros((math.ceil(size / stride), size))
    for row in range(matrix.shape[0]):
        for tap, weight in enumerate(binomial(taps)):
            pixel = source(row * stride + tap - before, size, pad_type)
            if pixel is not None:
                matrix[row, pixel] += weight
    return matrix


def matrices(params: dict[str, Any], height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """B_h and B_w for images of a size."""
    options = params["filterSize"], params["stride"], params["padType"]
    return blur_matrix(height, *options), blur_matrix(width, *options)


def described(params: dict[str, Any]) -> dict[str, Any]:
    """The params with the padding and the filter."""
    before, after = padding(params["filterSize"])
    shown = {name: params[name] for name in GIVEN}
    filter1d = binomial(params["filterSize"])
    return {**shown, "padBefore": before, "padAfter": after, "filter1d": filter1d}


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The output and the input's gradient, by the transposed matrices."""
    x = array(given["input"])
    rows, cols = matrices(given["params"], *x.shape[-2:])
    output = rows @ x @ cols.T
    upstream = upstream_of(given, output)
    return {
        "params": described(given["params"]),
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": {"input": tensor(rows.T @ upstream @ cols)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The output by windows of a padded image, and its gradient from basis images."""
    params, upstream = case["params"], array(case["upstream"])
    x = array(case["input"])
    taps, stride = params["filterSize"], params["stride"]
    window = np.outer(params["filter1d"], params["filter1d"])
    margin = (params["padBefore"], params["padAfter"])

    def pooled(image: np.ndarray) -> np.ndarray:
        padded = np.pad(image, ((0, 0), (0, 0), margin, margin), NUMPY_MODES[params["padType"]])
        output = np.empty(upstream.shape)
        for i, j in np.ndindex(*upstream.shape[-2:]):
            top, left = i * stride, j * stride
            seen = padded[..., top : top + taps, left : left + taps]
            output[..., i, j] = (seen * window).sum(axis=(-2, -1))
        return output

    dx = basis.gradient(pooled, x.shape, upstream)
    return {
        "windows": relative.arrays(array(case["output"]), pooled(x)),
        "basis images": relative.arrays(array(case["grads"]["input"]), dx),
    }
