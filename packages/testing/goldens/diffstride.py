"""DiffStride, as in the published code.

Riad, Teboul, Grangier & Zeghidour, "Learning Strides in Convolutional Neural Networks" (ICLR 2022,
arXiv 2202.01653); google-research/diffstride, `diffstride/pooling.py`.

y = irfft2(crop(mask_v * mask_h * rfft2(x))), mask = clip((R + t - d) / R, 0, 1), with the
thresholds t = max(H/S_h, 2)/2 for rows and max(W/S_w, 2)/2 + 1 for columns, and distances d of
frequencies.
d mask / dS = -(N/2) / (R S^2) on the ramp, 0 where N/S < 2.
"""

import math
from typing import Any

import numpy as np

from . import basis, dft, differences, ramp, relative
from .tensors import array, tensor, upstream_of

GIVEN = ("strides", "smoothness", "cropping", "shared", "lowerLimit", "upperLimit")
MEASURED = ()
DIGITS = 15

ROUNDING = 1e-9
"""A position nearer to a corner of the mask than this counts as at the corner."""


def minimum_stride(size: int, smoothness: float) -> float:
    """N / (N - R), under which the ramp does not fit; infinite for N = R, negative for N < R."""
    return math.inf if size == smoothness else size / (size - smoothness)


def strides_after(strides: list[float], minima: list[float], shared: bool) -> list[float]:
    """The variable after a forward pass, which raises each stride to its minimum."""
    if shared:
        return [max(strides[0], *minima)]
    return [max(stride, minimum) for stride, minimum in zip(strides, minima)]


def limits(params: dict[str, Any]) -> tuple[float, float]:
    """The lower limit (1 by default) and the upper one (none by default)."""
    lower, upper = params["lowerLimit"], params["upperLimit"]
    return 1 if lower is None else lower, math.inf if upper is None else upper


def limited(variable: np.ndarray, params: dict[str, Any]) -> np.ndarray:
    """The two strides that the forward uses. Where the limits cross, the upper one wins."""
    lower, upper = limits(params)
    return np.minimum(np.maximum(np.resize(variable, 2), lower), upper)


def row_distances(height: int) -> np.ndarray:
    """The distances of rows in FFT order: one `fftshift` of [last .. 0] ++ [0 .. last].

    For even heights frequency k >= 0 has distance k and -k has k - 1. For odd heights the second 0
    is left out, and `fftshift` is not the shift that would be needed: k >= 0 has k + 1.
    """
    first = list(range(height // 2 + height % 2 - 1, -1, -1))
    second = list(range(height % 2, height // 2 + height % 2))
    return np.fft.fftshift(np.array(first + second, float))


class Masks:
    """Both masks of one pair of strides, and their derivatives to the strides."""

    def __init__(self, height: int, width: int, strides: np.ndarray, smoothness: float):
        sizes = (height / strides[0], width / strides[1])
        thresholds = (max(sizes[0], 2) / 2, max(sizes[1], 2) / 2 + 1)
        distances = (row_distances(height), np.arange(width // 2 + 1, dtype=float))
        ramps = [(smoothness, t, d) for t, d in zip(thresholds, distances)]
        self.sizes = sizes
        self.vertical, self.horizontal = (ramp.mask(*place) for place in ramps)
        threshold_slopes = [
            -size / (2 * stride) if size >= 2 else 0.0 for size, stride in zip(sizes, strides)
        ]
        self.slopes = [ramp.slope(*place) * dt for place, dt in zip(ramps, threshold_slopes)]
        self.kink_distance = min(ramp.kink_distance(*place) for place in ramps)

    def kept(self, cropping: bool) -> tuple[np.ndarray, np.ndarray]:
        """The rows and the columns that stay, in FFT order. Without cropping all do."""
        if not cropping:
            return np.arange(self.vertical.size), np.arange(self.horizontal.size)
        return np.flatnonzero(self.vertical > 0), np.flatnonzero(self.horizontal > 0)


def masks_of(params: dict[str, Any], height: int, width: int, variable: np.ndarray) -> Masks:
    """The masks that a forward uses for a value of the stride variable."""
    return Masks(height, width, limited(variable, params), params["smoothness"])


def output_size(masks: Masks, cropping: bool) -> tuple[int, int]:
    """(h, w). The width is even always."""
    rows, cols = masks.kept(cropping)
    return rows.size, 2 * (cols.size - 1)


def pooled(
    x: np.ndarray,
    vertical: np.ndarray,
    horizontal: np.ndarray,
    kept: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    """[..., H, W] to [..., h, w]: linear in the image and in each of both masks."""
    rows, cols = kept
    spectrum = dft.rfft2(x) * vertical[:, None] * horizontal
    return dft.irfft2(spectrum[..., rows, :][..., cols], 2 * (cols.size - 1))


def require(params: dict[str, Any], width: int) -> None:
    """Throws what the published code throws, in its own words here."""
    if not params["smoothness"] > 0:
        raise ValueError(f"smoothness must be > 0, got {params['smoothness']}")
    if width < 2:
        raise ValueError(f"the input's width must be >= 2, got {width}")


def stride_gradient(
    masks: Masks, variable: np.ndarray, params: dict[str, Any], mask_gradients: list[np.ndarray]
) -> np.ndarray:
    """dL/d variable: through both masks; 0 where a limit holds; a shared stride sums both."""
    through = [float(g @ slope) for g, slope in zip(mask_gradients, masks.slopes)]
    lower, upper = limits(params)
    inside = (variable >= lower) & (variable <= upper)
    return np.where(inside, sum(through) if params["shared"] else np.array(through), 0.0)


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The output, the gradients of input and strides, and every value on the way."""
    params = given["params"]
    x = array(given["input"])
    height, width = x.shape[-2:]
    require(params, width)
    minima = [minimum_stride(size, params["smoothness"]) for size in (height, width)]
    variable = np.array(strides_after(params["strides"], minima, params["shared"]))
    masks = masks_of(params, height, width, variable)
    vertical, horizontal = masks.vertical, masks.horizontal
    kept = masks.kept(params["cropping"])
    output = pooled(x, vertical, horizontal, kept)
    upstream = upstream_of(given, output)
    dx = basis.gradient(lambda e: pooled(e, vertical, horizontal, kept), x.shape, upstream)
    mask_gradients = [
        basis.gradient(lambda e: pooled(x, e, horizontal, kept), vertical.shape, upstream),
        basis.gradient(lambda e: pooled(x, vertical, e, kept), horizontal.shape, upstream),
    ]
    computed = {
        "minStrides": minima,
        "stridesAfter": variable,
        "effectiveStrides": limited(variable, params),
        "verticalMask": vertical,
        "horizontalMask": horizontal,
        "keptRows": kept[0],
        "keptCols": kept[1],
        "outputShape": list(output_size(masks, params["cropping"])),
        "onKink": masks.kink_distance < ROUNDING,
        "kinkDistance": masks.kink_distance,
    }
    return {
        "params": {**params, **computed},
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": {
            "input": tensor(dx),
            "strides": tensor(stride_gradient(masks, variable, params, mask_gradients)),
        },
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The output through numpy's FFTs; the strides' gradient by differences, away from corners."""
    params = case["params"]
    x, upstream = array(case["input"]), array(case["upstream"])
    height, width = x.shape[-2:]
    rows, cols = params["keptRows"], params["keptCols"]
    spectrum = np.fft.rfft2(x) * params["verticalMask"][:, None] * params["horizontalMask"]
    output = np.fft.irfft2(spectrum[..., rows, :][..., cols], params["outputShape"])
    found = {"numpy.fft": relative.arrays(array(case["output"]), output)}

    def loss(variable: np.ndarray) -> float:
        masks = masks_of(params, height, width, variable)
        kept = masks.kept(params["cropping"])
        return basis.inner(upstream, pooled(x, masks.vertical, masks.horizontal, kept))

    variable = params["stridesAfter"]
    if is_clear(masks_of(params, height, width, variable), variable, params):
        slopes = differences.gradient(loss, variable)
        found["central differences"] = relative.arrays(array(case["grads"]["strides"]), slopes)
    return found


def is_clear(masks: Masks, variable: np.ndarray, params: dict[str, Any]) -> bool:
    """Whether no corner is near: of a mask, of the smallest size, of a limit."""
    if not np.isfinite(variable).all():
        return False
    corners = [masks.kink_distance, *(abs(size - 2) for size in masks.sizes)]
    corners += [abs(stride - limit) for stride in variable for limit in limits(params)]
    return min(corners) > differences.CLEAR
