"""Maxima over regions of images, for all max-poolings.

The gradient goes to one pixel of a region: the first of its largest, in row-major order. Where
regions overlap, gradients add.
"""

import numpy as np

from . import differences

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


def take(x: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """The pixels of x [N, C, H, W] at flat indices [N, C, h, w] of its images."""
    output = np.empty(indices.shape)
    for at in np.ndindex(*x.shape[:2]):
        output[at] = x[at].ravel()[indices[at]]
    return output


def put(upstream: np.ndarray, indices: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The gradient of `take` to x of `shape`: `upstream` added up at the indices."""
    gradient = np.zeros(shape)
    for at in np.ndindex(*shape[:2]):
        flat = gradient[at].reshape(-1)
        np.add.at(flat, indices[at].ravel(), upstream[at].ravel())
    return gradient


def has_ties(x: np.ndarray) -> bool:
    """Whether an image has two almost equal pixels, at which a maximum may have a corner."""
    gaps = [np.diff(np.sort(x[place], axis=None)) for place in np.ndindex(*x.shape[:2])]
    return any((gap < differences.CLEAR / 2).any() for gap in gaps)
