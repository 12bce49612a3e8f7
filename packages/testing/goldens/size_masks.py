"""The masks over learned sizes of DNArch (arXiv 2302.05400), with the size s as the parameter.

gaussian: exp(-x^2 / (2 sigma^2)) for |x| <= s/2, sigma = s / (2 sqrt(-2 ln T)), x from the centre;
sigmoid: 1 / (1 + exp((x - mu) / tau)) for x <= s, mu = s - tau ln(1/T - 1), x = i + 1/2;
ramp: clip((s - x) / R, 0, 1), x = i + 1/2.
"""

from typing import Any

import numpy as np

from . import differences, relative
from .tensors import array, tensor, upstream_of

GIVEN = ("form", "length", "size", "T", "tau", "R")
MEASURED = ()
DIGITS = 15


def places(params: dict[str, Any]) -> np.ndarray:
    """x of each element."""
    index = np.arange(params["length"], dtype=float)
    return index - (params["length"] - 1) / 2 if params["form"] == "gaussian" else index + 0.5


def mask(params: dict[str, Any], size: float) -> tuple[np.ndarray, np.ndarray]:
    """The mask, and its derivative with respect to the size."""
    x, low = places(params), params["T"]
    if params["form"] == "gaussian":
        width = 2 * np.sqrt(-2 * np.log(low))
        sigma = size / width
        value = np.exp(-(x**2) / (2 * sigma**2))
        slope = value * x**2 / sigma**3 / width
        kept = np.abs(x) <= size / 2
    elif params["form"] == "sigmoid":
        middle = size - params["tau"] * np.log(1 / low - 1)
        value = 1 / (1 + np.exp((x - middle) / params["tau"]))
        slope = value * (1 - value) / params["tau"]
        kept = x <= size
    elif params["form"] == "ramp":
        height = (size - x) / params["R"]
        value = np.clip(height, 0, 1)
        slope = np.where((height >= 0) & (height <= 1), 1 / params["R"], 0)
        kept = x <= size
    else:
        raise ValueError(f"form must be gaussian, sigmoid or ramp, got {params['form']!r}")
    return np.where(kept, value, 0), np.where(kept, slope, 0)


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The mask, and the gradient of its size."""
    params = given["params"]
    value, slope = mask(params, params["size"])
    return {
        "params": params,
        "input": {},
        "upstream": given["upstream"],
        "output": tensor(value),
        "grads": {"size": float(upstream_of(given, value) @ slope)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The size's gradient by differences. No case has an element at a cut or a corner."""
    params, upstream = case["params"], array(case["upstream"])
    slope = differences.gradient(
        lambda size: float(upstream @ mask(params, float(size[0]))[0]),
        np.array([params["size"]], float),
    )
    return {"central differences": relative.arrays(np.array([case["grads"]["size"]]), slope)}
