"""Spectral pooling with fixed strides, as in the published code.

Rippel, Snoek & Adams, "Spectral Representations for Convolutional Neural Networks" (2015);
google-research/diffstride, `diffstride/pooling.py`. y = irfft2(crop(rfft2(x))) to (h, w), with
h = floor(H / S_h) less h mod 2, w = floor(W / S_w), both at least 2; rows [0, h/2) and [H - h/2, H)
and columns [0, floor(w/2) + 1) are kept.
"""

import math
from typing import Any

import numpy as np

from . import basis, dft, relative
from .tensors import array, tensor, upstream_of

GIVEN = ("strides",)
MEASURED = ()
DIGITS = 15


def output_size(height: int, width: int, strides: list[float]) -> tuple[int, int]:
    """(h, w). The height is even, the width need not be."""
    h = math.floor(height / strides[0])
    return max(h - h % 2, 2), max(math.floor(width / strides[1]), 2)


def kept(height: int, width: int, h: int, w: int) -> tuple[list[int], list[int]]:
    """The kept rows and columns, in FFT order."""
    if w // 2 >= width // 2 + 1:
        raise ValueError(f"the input's width must be >= 2, got {width}")
    rows = [*range(h // 2), *range(height - h // 2, height)]
    return rows, list(range(w // 2 + 1))


def pooled(x: np.ndarray, rows: list[int], cols: list[int], w: int) -> np.ndarray:
    """[..., H, W] to [..., len(rows), w]."""
    return dft.irfft2(dft.rfft2(x)[..., rows, :][..., cols], w)


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The output and the input's gradient, from the map of every basis image."""
    strides = given["params"]["strides"]
    x = array(given["input"])
    height, width = x.shape[-2:]
    h, w = output_size(height, width, strides)
    rows, cols = kept(height, width, h, w)

    def pool(image: np.ndarray) -> np.ndarray:
        return pooled(image, rows, cols, w)

    output = pool(x)
    dx = basis.gradient(pool, x.shape, upstream_of(given, output))
    params = {
        "strides": strides,
        "rows": rows,
        "cols": cols,
        "outputShape": [h, w],
        "normalization": "reference",
        "toUnitary": math.sqrt(h * w / (height * width)),
        "toMeanPreserving": h * w / (height * width),
    }
    return {
        "params": params,
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": {"input": tensor(dx)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The output through numpy's FFTs."""
    params = case["params"]
    spectrum = np.fft.rfft2(array(case["input"]))[..., params["rows"], :][..., params["cols"]]
    output = np.fft.irfft2(spectrum, params["outputShape"])
    return {"numpy.fft": relative.arrays(array(case["output"]), output)}
