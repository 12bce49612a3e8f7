"""Fractional max-pooling over given boundaries: Graham, "Fractional Max-Pooling" (arXiv 1412.6071).

Boundaries a_0 = 0 .. a_n = N as TensorFlow has them. Disjoint regions are [a_i, a_{i+1}),
overlapping ones [a_i, a_{i+1}], the last cut at N.
"""

from typing import Any

import numpy as np

from . import basis, differences, regions, relative
from .tensors import array, tensor

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
    x, upstream = array(given["input"]), array(given["upstream"])
    where = regions_of(given["params"])
    output, dx = np.empty(upstream.shape), np.empty(x.shape)
    for at in regions.images(x):
        places = regions.maxima(x[at], where)
        output[at] = regions.take(x[at], places)
        dx[at] = regions.put(upstream[at], places, x.shape[-2:])
    return {
        "params": given["params"],
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": {"input": tensor(dx)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The output by numpy's maxima; the gradient by differences where no two pixels are equal."""
    x, upstream = array(case["input"]), array(case["upstream"])
    where = regions_of(case["params"])

    def pooled(image: np.ndarray) -> np.ndarray:
        lines = [[image[..., row, col].max(axis=(-2, -1)) for row, col in line] for line in where]
        return np.moveaxis(np.array(lines), (0, 1), (-2, -1))

    found = {"windows": relative.arrays(array(case["output"]), pooled(x))}
    if not regions.has_ties(x):
        slopes = differences.gradient(lambda image: basis.inner(upstream, pooled(image)), x)
        dx = array(case["grads"]["input"])
        found["central differences"] = relative.arrays(dx, slopes)
    return found
