"""PyTorch's `fractional_max_pool2d` for given random samples.

alpha = (N_in - k) / (N_out - 1); region i starts at int((i + u) alpha) - int(u alpha), the last
at N_in - k; each is k wide. The samples [N, C, 2] are one pair an image and channel:
the width's first.
"""

from typing import Any

import numpy as np

from . import basis, differences, regions, relative
from .tensors import array, tensor, upstream_of

GIVEN = ("kernel", "outputSize", "randomSamples")
MEASURED = ()
DIGITS = 15


def starts(size: int, kernel: int, count: int, u: float) -> list[int]:
    """Where the regions of one axis start. A single region is the last one."""
    if count == 1:
        return [size - kernel]
    alpha = (size - kernel) / (count - 1)
    drawn = [int((i + u) * alpha) - int(u * alpha) for i in range(count - 1)]
    return [*drawn, size - kernel]


def starts_of(params: dict[str, Any], shape: tuple[int, ...], at: tuple[int, int]) -> dict:
    """The starts of one image and channel."""
    sample = params["randomSamples"][at[0]][at[1]]
    kernel, count = params["kernel"], params["outputSize"]
    return {
        "colStarts": starts(shape[-1], kernel[1], count[1], sample[0]),
        "rowStarts": starts(shape[-2], kernel[0], count[0], sample[1]),
    }


def regions_of(params: dict[str, Any], shape: tuple[int, ...], at: tuple[int, int]) -> list:
    """The regions of one image and channel."""
    found = starts_of(params, shape, at)
    return regions.windows((found["rowStarts"], found["colStarts"]), tuple(params["kernel"]))


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The maxima, their places as flat indices h * W + w, and the input's gradient."""
    params = given["params"]
    x = array(given["input"])
    batch, channels = x.shape[:2]
    indices = np.empty((batch, channels, *params["outputSize"]), dtype=int)
    for at in np.ndindex(batch, channels):
        indices[at] = regions.maxima(x[at], regions_of(params, x.shape, at))
    output = regions.take(x, indices)
    dx = regions.put(upstream_of(given, output), indices, x.shape)
    drawn = [[starts_of(params, x.shape, (n, c)) for c in range(channels)] for n in range(batch)]
    return {
        "params": {**params, "starts": drawn, "indices": indices},
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": {"input": tensor(dx)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The gradient by differences, where no two pixels of an image are almost equal."""
    params, upstream = case["params"], array(case["upstream"])
    x = array(case["input"])
    if regions.has_ties(x):
        return {}

    def loss(image: np.ndarray) -> float:
        output = np.empty(upstream.shape)
        for at in np.ndindex(*image.shape[:2]):
            lines = regions_of(params, image.shape, at)
            output[at] = [[image[at][region].max() for region in line] for line in lines]
        return basis.inner(upstream, output)

    slopes = differences.gradient(loss, x)
    return {"central differences": relative.arrays(array(case["grads"]["input"]), slopes)}
