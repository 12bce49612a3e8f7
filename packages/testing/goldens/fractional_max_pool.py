"""Fractional max-pooling over given boundaries: Graham, "Fractional Max-Pooling" (arXiv 1412.6071).

Boundaries a_0 = 0 .. a_n = N as TensorFlow has them. Disjoint regions are [a_i, a_{i+1}),
overlapping ones [a_i, a_{i+1}], the last cut at N.
"""

from typing import Any

import numpy as np

from . import basis, differences, regions, relative
from .tensors import array, tensor, upstream_of

GIVEN = ("rowSequence", "colSequence", "overlapping")
MEASURED = ()
DIGITS = 15


def spans(sequence: list[int], overlapping: bool) -> list[slice]:
    """The regions along one axis."""
    more = 1 if overlapping else 0
    return [
        slice(start, min(end + more, sequence[-1])) for start, end in zip(sequence, sequence[1:])
    ]


def regions_of(params: dict[str, Any]) -> list[list[regions.Region]]:
    """The regions of an image."""
    overlapping = params["overlapping"]
    rows = spans(params["rowSequence"], overlapping)
    cols = spans(params["colSequence"], overlapping)
    return [[(row, col) for col in cols] for row in rows]


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The maxima and the input's gradient."""
    x = array(given["input"])
    where = regions_of(given["params"])
    indices = np.array([[regions.maxima(image, where) for image in channels] for channels in x])
    output = regions.take(x, indices)
    dx = regions.put(upstream_of(given, output), indices, x.shape)
    return {
        "params": given["params"],
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": {"input": tensor(dx)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The output by numpy's maxima; the gradient by differences, if no two pixels almost tie."""
    x, upstream = array(case["input"]), array(case["upstream"])
    where = regions_of(case["params"])

    def pooled(image: np.ndarray) -> np.ndarray:
        seen = [[image[..., row, col] for row, col in line] for line in where]
        lines = [[pixels.max(axis=(-2, -1)) for pixels in line] for line in seen]
        return np.moveaxis(np.array(lines), (0, 1), (-2, -1))

    found = {"windows": relative.arrays(array(case["output"]), pooled(x))}
    if not regions.has_ties(x):
        slopes = differences.gradient(lambda image: basis.inner(upstream, pooled(image)), x)
        dx = array(case["grads"]["input"])
        found["central differences"] = relative.arrays(dx, slopes)
    return found
