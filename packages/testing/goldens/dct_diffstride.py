"""Pooling in the discrete cosine transform, with learned strides or a hard crop.

DCT-DiffStride (ICLR 2023 submission, OpenReview HgJ3HYIP3pY); with fixed strides the DCT spectral
pooling of Smith & Wilamowski (ICAISC 2018).

y = idct2(crop(mask_h * dct2(x) * mask_w)). The n-th coefficient of an axis of N pixels (n = 1 .. N)
has the mask clip((R + N/S - n) / R, 0, 1), with N/S at least 1, and the crop keeps the coefficients
whose mask is not 0. Without smoothness (null) the crop keeps floor(N/S) coefficients, at least 1.
d mask / dS = -N / (R S^2) on the ramp, 0 where N/S < 1.
"""

import math
from typing import Any

import numpy as np

from . import basis, cosine, differences, ramp, relative
from .tensors import array, tensor, upstream_of

GIVEN = ("strides", "smoothness", "norm", "cropping", "shared")
MEASURED = ()
DIGITS = 15


class Mask:
    """The mask of one axis, its kept coefficients, and its derivative to the stride."""

    def __init__(self, size: int, stride: float, smoothness: float | None, cropping: bool):
        kept = max(size / stride, 1)
        places = np.arange(1, size + 1, dtype=float)
        if smoothness is None:
            self.values = np.where(places <= math.floor(kept), 1.0, 0.0)
            self.slopes = np.zeros(size)
            self.kink_distance = math.inf
        else:
            place = (smoothness, kept, places)
            self.values = ramp.mask(*place)
            inner = -size / stride**2 if size / stride >= 1 else 0.0
            self.slopes = ramp.slope(*place) * inner
            self.kink_distance = min(ramp.kink_distance(*place), abs(size / stride - 1))
        self.count = int(np.count_nonzero(self.values)) if cropping else size


def masks_of(params: dict[str, Any], shape: tuple[int, ...], strides: np.ndarray) -> list[Mask]:
    """The masks of height and width."""
    both = np.resize(strides, 2)
    given = (params["smoothness"], params["cropping"])
    return [Mask(size, stride, *given) for size, stride in zip(shape[-2:], both)]


def pooled(
    x: np.ndarray, vertical: np.ndarray, horizontal: np.ndarray, size: list[int], norm: str
) -> np.ndarray:
    """[..., H, W] to [..., h, w]: linear in the image and in each of both masks."""
    h, w = size
    down, across = (cosine.matrix(n, norm) for n in x.shape[-2:])
    spectrum = (vertical[:, None] * (down @ x @ across.T) * horizontal)[..., :h, :w]
    return cosine.inverse_matrix(h, norm) @ spectrum @ cosine.inverse_matrix(w, norm).T


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The output, and the gradients of input and strides."""
    params = given["params"]
    x = array(given["input"])
    strides = np.array(params["strides"], float)
    masks = masks_of(params, x.shape, strides)
    vertical, horizontal = (mask.values for mask in masks)
    size, norm = [mask.count for mask in masks], params["norm"]
    output = pooled(x, vertical, horizontal, size, norm)
    upstream = upstream_of(given, output)

    def gradient(linear, shape):
        return basis.gradient(linear, shape, upstream)

    dx = gradient(lambda e: pooled(e, vertical, horizontal, size, norm), x.shape)
    through = [
        gradient(lambda e: pooled(x, e, horizontal, size, norm), vertical.shape) @ masks[0].slopes,
        gradient(lambda e: pooled(x, vertical, e, size, norm), horizontal.shape) @ masks[1].slopes,
    ]
    slopes = [sum(through)] if params["shared"] else through
    distance = min(mask.kink_distance for mask in masks)
    grads = {"input": tensor(dx)}
    if params["smoothness"] is not None:
        grads["strides"] = tensor(np.array(slopes))
    return {
        "params": {**params, "outputShape": size, "kinkDistance": distance},
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": grads,
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The spectrum by numpy's FFT of the mirrored image; the strides' gradient by differences."""
    params = case["params"]
    x, upstream = array(case["input"]), array(case["upstream"])
    strides, size = np.array(params["strides"], float), params["outputShape"]
    masks = masks_of(params, x.shape, strides)

    def spectrum_of(image: np.ndarray) -> np.ndarray:
        across = cosine.mirrored(image)
        return np.swapaxes(cosine.mirrored(np.swapaxes(across, -1, -2)), -1, -2)

    kept = spectrum_of(x) * masks[0].values[:, None] * masks[1].values
    scale = 1.0
    for n, count in zip(x.shape[-2:], size):
        scale *= {"backward": 1, "forward": count / n, "ortho": math.sqrt(count / n)}[
            params["norm"]
        ]
    got = spectrum_of(array(case["output"]))
    found = {"numpy.fft": relative.arrays(got, kept[..., : size[0], : size[1]] * scale)}

    def loss(variable: np.ndarray) -> float:
        moved = masks_of(params, x.shape, variable)
        values = (mask.values for mask in moved)
        return basis.inner(upstream, pooled(x, *values, size, params["norm"]))

    if params["smoothness"] is not None and params["kinkDistance"] > differences.CLEAR:
        slopes = differences.gradient(loss, strides)
        found["central differences"] = relative.arrays(array(case["grads"]["strides"]), slopes)
    return found
