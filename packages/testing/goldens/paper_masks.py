"""The masks of the paper, eqs. (3) and (4) of arXiv 2202.01653.

mask_h(m) = clip((R + H/(2S) - |H/2 - m|) / R, 0, 1), m = 0 .. H - 1, centred;
mask_w(n) = clip((R + W/(2S) + 1 - n) / R, 0, 1), n = 0 .. floor(W/2).
"""

from typing import Any

import numpy as np

from . import differences, ramp, relative
from .tensors import array, tensor, upstream_of

GIVEN = ("axis", "size", "stride", "R")
MEASURED = ()
DIGITS = 15


def ramp_of(params: dict[str, Any], stride: float) -> tuple[float, float, np.ndarray]:
    """Smoothness, threshold and distances of a mask."""
    size, smoothness = params["size"], params["R"]
    if params["axis"] == "h":
        return smoothness, size / (2 * stride), np.abs(size / 2 - np.arange(size))
    if params["axis"] == "w":
        return smoothness, size / (2 * stride) + 1, np.arange(size // 2 + 1, dtype=float)
    raise ValueError(f"axis must be 'h' or 'w', got {params['axis']!r}")


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The mask, and the gradient of its stride: d threshold / dS = -N / (2 S^2)."""
    params = given["params"]
    stride = params["stride"]
    place = ramp_of(params, stride)
    mask = ramp.mask(*place)
    slope = ramp.slope(*place) * -params["size"] / (2 * stride**2)
    return {
        "params": params,
        "input": {},
        "upstream": given["upstream"],
        "output": tensor(mask),
        "grads": {"stride": float(upstream_of(given, mask) @ slope)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The stride's gradient by differences, where no position is near a corner."""
    params, upstream = case["params"], array(case["upstream"])
    if ramp.kink_distance(*ramp_of(params, params["stride"])) < differences.CLEAR:
        return {}

    def loss(stride: np.ndarray) -> float:
        return float(upstream @ ramp.mask(*ramp_of(params, float(stride[0]))))

    slope = differences.gradient(loss, np.array([params["stride"]], float))
    return {"central differences": relative.arrays(np.array([case["grads"]["stride"]]), slope)}
