"""Real discrete Fourier transforms of two axes, by their definition, beyond double precision.

dft.py has the equations, fft.py the measure of errors.
"""

from typing import Any

import numpy as np

from . import dft, lcg
from .fft import bound, error, is_inverse, l2, parts, sampled
from .tensors import tensor

GIVEN = ("seed", "inputFormula", "h", "w")
MEASURED = ("numpyRelL2",)
DIGITS = 17


def both(params: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The input, its transform by definition, and numpy's."""
    h, w, seed = params["h"], params["w"], params["seed"]
    if is_inverse(params):
        bins = w // 2 + 1
        x = lcg.unit_pairs(seed, h * bins).reshape(h, bins)
        return x, dft.irfft2(x.astype(np.clongdouble), w), np.fft.irfft2(x, (h, w))
    x = lcg.unit(seed, h * w).reshape(h, w)
    return x, dft.rfft2(x.astype(np.longdouble)), np.fft.rfft2(x)


def samples(values: np.ndarray) -> dict[str, Any]:
    """Some values of a large transform, at flat places, and the norm of all."""
    places = sampled(values.size)
    shown = parts(values.ravel()[places])
    return {"shape": list(values.shape), "sampledFlat": places, **shown, "l2": l2(values)}


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The transform of an input from a seed; of a case without a stored input, samples of it."""
    params = given["params"]
    x, exact, numpys = both(params)
    is_large = given["input"] is None
    return {
        "params": {**params, "relL2Bound": bound(params["h"] * params["w"])},
        "numpyRelL2": error(numpys, exact),
        "input": None if is_large else tensor(x),
        "output": samples(exact) if is_large else tensor(exact),
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """numpy's FFT, as it was measured."""
    return {"numpy.fft": case["numpyRelL2"]}
