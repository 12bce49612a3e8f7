"""Maxima over regions of images, as every max-pooling here takes them.

The gradient goes to one pixel of a region: the first of its largest, in row-major order. Where
regions overlap, gradients add.
"""

from collections.abc import Iterator

import numpy as np

Region = tuple[slice, slice]


def largest(image: np.ndarray, region: Region) -> tuple[int, int]:
    """The row and the column of the first largest pixel of a region of an image [H, W]."""
    rows, cols = region
    within = image[region]
    row, col = np.unravel_index(np.argmax(within), within.shape)
    return rows.start + int(row), cols.start + int(col)


def windows(starts: tuple[list[int], list[int]], kernel: tuple[int, int]) -> list[list[Region]]:
    """The regions of fixed size that start at the given rows and columns."""
    rows = [slice(start, start + kernel[0]) for start in starts[0]]
    cols = [slice(start, start + kernel[1]) for start in starts[1]]
    return [[(row, col) for col in cols] for row in rows]


def maxima(image: np.ndarray, regions: list[list[Region]]) -> np.ndarray:
    """The places of the maxima as flat indices h * W + w, shape [h, w]."""
    width = image.shape[1]
    places = [[largest(image, region) for region in row] for row in regions]
    return np.array([[row * width + col for row, col in line] for line in places])


def images(x: np.ndarray) -> Iterator[tuple[int, int]]:
    """The places (n, c) of the images of x [N, C, H, W]."""
    return np.ndindex(*x.shape[:2])


def take(image: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """The pixels at flat indices."""
    return image.ravel()[indices]


def put(upstream: np.ndarray, indices: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The image's gradient: `upstream` added up at flat indices."""
    gradient = np.zeros(shape[0] * shape[1])
    np.add.at(gradient, indices.ravel(), upstream.ravel())
    return gradient.reshape(shape)


def has_ties(x: np.ndarray) -> bool:
    """Whether an image has two equal pixels, at which a maximum may have a corner."""
    return any(np.unique(x[place]).size < x[place].size for place in images(x))
