"""MaxBlurPool: Zhang, "Making Convolutional Networks Shift-Invariant Again" (ICML 2019).

A maximum over kernel x kernel at stride 1 without padding, then BlurPool.
"""

from typing import Any

import numpy as np

from . import basis, blur_pool, differences, regions, relative
from .tensors import array, tensor, upstream_of

GIVEN = (*blur_pool.GIVEN, "maxKernel")
MEASURED = ()
DIGITS = 15


def maxima_of(image: np.ndarray, kernel: int) -> np.ndarray:
    """The places of the dense maxima of an image [H, W], as flat indices."""
    starts = tuple(list(range(size - kernel + 1)) for size in image.shape)
    return regions.maxima(image, regions.windows(starts, (kernel, kernel)))


def pooled(x: np.ndarray, params: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The output, and the places of all maxima [N, C, h, w]."""
    kernel = params["maxKernel"]
    places = np.array([[maxima_of(image, kernel) for image in channels] for channels in x])
    dense = regions.take(x, places)
    rows, cols = blur_pool.matrices(params, *dense.shape[-2:])
    return rows @ dense @ cols.T, places


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The output and the input's gradient: through the blur's matrices, then to the maxima."""
    params = given["params"]
    x = array(given["input"])
    output, places = pooled(x, params)
    upstream = upstream_of(given, output)
    rows, cols = blur_pool.matrices(params, *places.shape[-2:])
    dx = regions.put(rows.T @ upstream @ cols, places, x.shape)
    return {
        "params": {**blur_pool.described(params), "maxKernel": params["maxKernel"]},
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": {"input": tensor(dx)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The gradient by differences, where no two pixels of an image are almost equal."""
    x, upstream = array(case["input"]), array(case["upstream"])
    if regions.has_ties(x):
        return {}
    slopes = differences.gradient(
        lambda image: basis.inner(upstream, pooled(image, case["params"])[0]), x
    )
    return {"central differences": relative.arrays(array(case["grads"]["input"]), slopes)}
