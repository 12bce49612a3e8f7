"""Discrete cosine transforms of one or two axes and of their inverses, with the input's gradient.

Ahmed, Natarajan & Rao, "Discrete Cosine Transform" (1974); the norms are scipy's.
"""

from typing import Any

import numpy as np

from . import basis, cosine, relative
from .tensors import array, tensor, upstream_of

GIVEN = ("axes", "norm", "inverse")
MEASURED = ()
DIGITS = 15


def transformed(x: np.ndarray, params: dict[str, Any]) -> np.ndarray:
    """The transform along the last `axes` axes."""
    of = cosine.inverse_matrix if params["inverse"] else cosine.matrix
    norm = params["norm"]
    y = x @ of(x.shape[-1], norm).T
    return y if params["axes"] == 1 else of(x.shape[-2], norm) @ y


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The transform, and the input's gradient by the map of every basis vector."""
    params = given["params"]
    x = array(given["input"])
    output = transformed(x, params)
    dx = basis.gradient(lambda e: transformed(e, params), x.shape, upstream_of(given, output))
    return {
        "params": params,
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": {"input": tensor(dx)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """numpy's FFT of the mirrored signal; for an inverse, of its output, which gives the input."""
    params = case["params"]
    x, y = array(case["input"]), array(case["output"])
    signal, want = (y, x) if params["inverse"] else (x, y)
    scale = [cosine.matrix(n, params["norm"])[:, :1] / cosine.matrix(n, "backward")[:, :1]
             for n in signal.shape]
    got = cosine.mirrored(signal) * scale[-1][:, 0]
    if params["axes"] == 2:
        got = np.swapaxes(cosine.mirrored(np.swapaxes(got, -1, -2)), -1, -2) * scale[-2]
    return {"numpy.fft": relative.arrays(got, want)}
