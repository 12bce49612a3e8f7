"""The cost of a ResNet-18: sizes, parameters and multiply-adds of convolutions and classifier.

He et al. (arXiv 1512.03385) for `postact`; google-research/diffstride for `preact`: batch norm and
ReLU come first, and the shortcut takes the raw input. Four stages of 64, 128, 256 and 512 filters,
two residual layers each; the first layers of stages 2 to 4 project. With a pooling every strided
convolution, the shortcut's too, runs at stride 1 with the pooling after it. strides[1] is ignored,
since stage 1 has no projection.
"""

import math
from typing import Any

import numpy as np

from . import diffstride, spectral_pool

GIVEN = ("arch", "stem", "strides", "pooling", "inputSize", "classes")
MEASURED = ()
DIGITS = 15

WIDTHS = (64, 128, 256, 512)

Size = tuple[int, int]


def diffstride_size(size: Size, stride: float) -> Size:
    """The output size of a new DiffStride with smoothness 4."""
    minima = [diffstride.minimum_stride(length, 4) for length in size]
    variable = np.array(diffstride.strides_after([stride, stride], minima, False))
    options = {"smoothness": 4, "lowerLimit": None, "upperLimit": None}
    return diffstride.output_size(diffstride.masks_of(options, *size, variable), True)


def spectral_size(size: Size, stride: float) -> Size:
    """The output size of spectral pooling."""
    return spectral_pool.output_size(*size, [stride, stride])


POOLED_SIZE = {"spectral": spectral_size, "diffstride": diffstride_size}


class Costs:
    """The rows of a report, as a network adds its layers."""

    def __init__(self, pooling: str):
        if pooling != "conv" and pooling not in POOLED_SIZE:
            known = "'conv', 'spectral' or 'diffstride'"
            raise ValueError(f"pooling must be {known}, got {pooling!r}")
        self.pooling = pooling
        self.layers: list[dict[str, Any]] = []
        self.poolings: list[dict[str, Any]] = []
        self.normalized = 0

    def row(self, name: str, shape: list[int], macs: int = 0, params: int = 0) -> None:
        """Adds a row."""
        self.layers.append({"name": name, "shape": shape, "macs": macs, "params": params})

    def convolution(
        self, name: str, size: Size, channels: Size, kernel: int, stride: float = 1
    ) -> Size:
        """A convolution without bias, padded 'same': ceil(N / stride) places are left."""
        left = (math.ceil(size[0] / stride), math.ceil(size[1] / stride))
        params = kernel**2 * channels[0] * channels[1]
        self.row(name, [*left, channels[1]], left[0] * left[1] * params, params)
        return left

    def reduction(
        self, names: tuple[str, str], size: Size, channels: Size, kernel: int, stride: float
    ) -> Size:
        """A strided convolution, or one at stride 1 and the pooling after it."""
        conv, pool = names
        if self.pooling == "conv":
            return self.convolution(conv, size, channels, kernel, stride)
        size = self.convolution(conv, size, channels, kernel)
        left = POOLED_SIZE[self.pooling](size, stride)
        self.row(pool, [*left, channels[1]])
        shapes = {"inShape": list(size), "outShape": list(left)}
        self.poolings.append({"name": pool, "channels": channels[1], **shapes})
        return left

    def normalization(self, channels: int) -> None:
        """A batch norm: as many trained parameters as moving statistics, two a channel."""
        self.normalized += 2 * channels

    def stem(self, kind: str, size: Size, stride: float) -> Size:
        """3 x 3, or ImageNet's 7 x 7 and a maximum over 3 x 3 at stride 2."""
        kernel = 7 if kind == "imagenet" else 3
        size = self.reduction(("stem.conv", "stem.pool"), size, (3, WIDTHS[0]), kernel, stride)
        if kind == "imagenet":
            size = (math.ceil(size[0] / 2), math.ceil(size[1] / 2))
            self.row("stem.maxpool", [*size, WIDTHS[0]])
        return size

    def projection(self, name: str, size: Size, channels: Size, stride: float) -> Size:
        """A residual layer that reduces in its first convolution and in its shortcut."""
        left = self.reduction((f"{name}.conv1", f"{name}.pool"), size, channels, 3, stride)
        self.convolution(f"{name}.conv2", left, (channels[1], channels[1]), 3)
        names = (f"{name}.shortcut", f"{name}.shortcut.pool")
        return self.reduction(names, size, channels, 1, stride)

    def identity(self, name: str, size: Size, channels: int) -> None:
        """A residual layer that keeps its size."""
        for conv in ("conv1", "conv2"):
            self.convolution(f"{name}.{conv}", size, (channels, channels), 3)

    def normalizations(self, arch: str) -> None:
        """All batch norms: before both convolutions of a layer and at the end, or after each."""
        if arch == "postact":
            self.normalization(WIDTHS[0])
        for stage, width in enumerate(WIDTHS):
            before = WIDTHS[max(stage - 1, 0)]
            first = before if arch == "preact" else width
            for channels in (first, width, width, width):
                self.normalization(channels)
            if arch == "postact" and stage > 0:
                self.normalization(width)
        if arch == "preact":
            self.normalization(WIDTHS[-1])


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The rows of all layers, and their sums."""
    params = given["params"]
    if params["arch"] not in ("preact", "postact"):
        raise ValueError(f"arch must be 'preact' or 'postact', got {params['arch']!r}")
    costs = Costs(params["pooling"])
    size = costs.stem(params["stem"], tuple(params["inputSize"]), params["strides"][0])
    for stage, width in enumerate(WIDTHS):
        name = f"stage{stage + 1}"
        if stage == 0:
            costs.identity(f"{name}.block0", size, width)
        else:
            channels = (WIDTHS[stage - 1], width)
            stride = params["strides"][stage + 1]
            size = costs.projection(f"{name}.block0", size, channels, stride)
        costs.identity(f"{name}.block1", size, width)
    classes = params["classes"]
    costs.row("dense", [classes], WIDTHS[-1] * classes, (WIDTHS[-1] + 1) * classes)
    costs.normalizations(params["arch"])
    return {"params": params, "output": totals(costs)}


def totals(costs: Costs) -> dict[str, Any]:
    """The sums over all layers. The stem and stages 2 to 4 have a pair of strides each."""
    trained = sum(row["params"] for row in costs.layers) + costs.normalized
    strides = 8 if costs.pooling == "diffstride" else 0
    return {
        "trainableWithoutStrides": trained,
        "strideParams": strides,
        "trainable": trained + strides,
        "batchNormMoving": costs.normalized,
        "macs": sum(row["macs"] for row in costs.layers),
        "layers": costs.layers,
        "poolings": costs.poolings,
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """Both branches of a projecting layer must have equal output sizes."""
    sizes = {pool["name"]: pool["outShape"] for pool in case["output"]["poolings"]}
    apart = [
        name
        for name, size in sizes.items()
        if ".shortcut." in name and size != sizes[name.replace(".shortcut", "")]
    ]
    return {"sizes of branches": float(len(apart))}
