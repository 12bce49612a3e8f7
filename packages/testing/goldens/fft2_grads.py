"""Gradients of the real transforms of two axes: a complex one is (dL/dre, dL/dim), unconjugated."""

from typing import Any

import numpy as np

from . import basis, dft, relative
from .tensors import array, tensor, upstream_of

GIVEN = ("h", "w")
MEASURED = ()
DIGITS = 15


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The transform and the input's gradient, by the map of every basis vector.

    A real input is transformed forward, a complex one back.
    """
    x = array(given["input"])
    width = given["params"]["w"]
    if np.iscomplexobj(x):
        output = dft.irfft2(x, width)
        upstream = upstream_of(given, output)
        dx = basis.complex_gradient(lambda e: dft.irfft2(e + 0j, width), x.shape, upstream)
    else:
        output = dft.rfft2(x)
        dx = basis.gradient(dft.rfft2, x.shape, upstream_of(given, output))
    return {
        "params": given["params"],
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": {"input": tensor(dx)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The output through numpy's FFTs."""
    x, size = array(case["input"]), (case["params"]["h"], case["params"]["w"])
    output = np.fft.irfft2(x, size) if np.iscomplexobj(x) else np.fft.rfft2(x)
    return {"numpy.fft": relative.arrays(array(case["output"]), output)}
