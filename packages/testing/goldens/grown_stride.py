"""DiffStride with strides below 1: the masked image, padded with zeros in frequency.

The masks are those of `diffstride.py` at the smallest strides >= 1, N / (N - R), with a ramp of R /
S bins: clip(1 + S (t - d) / R, 0, 1). The masked image has H rows and 2 floor(W/2) columns.
`spectral_upsample.py` enlarges it to round(N / S) pixels per axis, at the scale of
`norm='forward'`. Both strides are below 1 here.
"""

from typing import Any

import numpy as np

from . import basis, dft, differences, diffstride, ramp, relative, spectral_upsample
from .tensors import array, tensor, upstream_of

GIVEN = ("strides", "smoothness")
MEASURED = ()
DIGITS = 15


class Masks:
    """Both masks, and their derivatives to the strides: (t - d) / R on the ramp."""

    def __init__(self, height: int, width: int, strides: np.ndarray, smoothness: float):
        minima = [max(diffstride.minimum_stride(n, smoothness), 1) for n in (height, width)]
        halves = [max(n / m, 2) / 2 for n, m in zip((height, width), minima)]
        thresholds = (halves[0], halves[1] + 1)
        distances = (diffstride.row_distances(height), np.arange(width // 2 + 1, dtype=float))
        places = [(smoothness / s, t, d) for s, t, d in zip(strides, thresholds, distances)]
        self.vertical, self.horizontal = (ramp.mask(*place) for place in places)
        self.slopes = [
            ramp.slope(*place) * place[0] * (place[1] - place[2]) / smoothness for place in places
        ]


def resized(x: np.ndarray, masks: Masks, size: list[int]) -> np.ndarray:
    """[..., H, W] to [..., *size]."""
    height, width = x.shape[-2:]
    spectrum = dft.rfft2(x) * masks.vertical[:, None] * masks.horizontal
    # The scale of `norm='backward'` keeps means at equal sizes.
    masked = dft.irfft2(spectrum, 2 * (width // 2)) * (2 * (width // 2) / width)
    rows = spectral_upsample.upsampling_matrix(height, size[0])
    return rows @ masked @ spectral_upsample.upsampling_matrix(2 * (width // 2), size[1]).T


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The output, and the gradients of the image and of the strides."""
    params, x = given["params"], array(given["input"])
    sizes, strides = x.shape[-2:], np.array(params["strides"])
    size = [round(n / s) for n, s in zip(sizes, strides)]
    masks = Masks(*sizes, strides, params["smoothness"])
    output = resized(x, masks, size)
    upstream = upstream_of(given, output)

    def with_masks(vertical: np.ndarray, horizontal: np.ndarray) -> np.ndarray:
        changed = Masks(*sizes, strides, params["smoothness"])
        changed.vertical, changed.horizontal = vertical, horizontal
        return resized(x, changed, size)

    dx = basis.gradient(lambda image: resized(image, masks, size), x.shape, upstream)
    of_rows = basis.gradient(lambda v: with_masks(v, masks.horizontal), (sizes[0],), upstream)
    columns = (masks.horizontal.size,)
    of_columns = basis.gradient(lambda v: with_masks(masks.vertical, v), columns, upstream)
    ds = np.array([of_rows @ masks.slopes[0], of_columns @ masks.slopes[1]])
    return {
        "params": {**{name: params[name] for name in GIVEN}, "outputSize": size},
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": {"input": tensor(dx), "strides": tensor(ds)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The gradient of the strides by central differences."""
    params, x, upstream = case["params"], array(case["input"]), array(case["upstream"])

    def loss(strides: np.ndarray) -> float:
        masks = Masks(*x.shape[-2:], strides, params["smoothness"])
        return float(np.sum(upstream * resized(x, masks, params["outputSize"])))

    found = differences.gradient(loss, np.array(params["strides"]))
    return {"central differences": relative.arrays(array(case["grads"]["strides"]), found)}
