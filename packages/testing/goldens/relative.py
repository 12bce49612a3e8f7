"""The relative difference of two cases, and the place where it is largest."""

import math
from typing import Any

import numpy as np


def arrays(got: np.ndarray, want: np.ndarray) -> float:
    """max |got - want| / max |want|; not divided where `want` is 0 everywhere."""
    return numbers(np.ravel(got).tolist(), np.ravel(want).tolist())


def numbers(got: list[complex], want: list[complex]) -> float:
    """The same for lists. Lists of two lengths and NaN are infinitely far apart."""
    if len(got) != len(want):
        return math.inf
    scale = max((abs(value) for value in want), default=0) or 1
    largest = 0.0
    for mine, stored in zip(got, want):
        distance = 0.0 if mine == stored else abs(mine - stored) / scale
        largest = max(largest, math.inf if math.isnan(distance) else distance)
    return largest


def values(got: Any, want: Any, path: str = "") -> tuple[float, str]:
    """The largest difference of two encoded values, and its path.

    Lists of numbers are compared as wholes, other numbers one by one. Whatever else differs (a key,
    a text, a truth) is infinitely far apart.
    """
    if is_number(got) and is_number(want):
        return numbers([got], [want]), path
    if isinstance(got, dict) and isinstance(want, dict):
        if got.keys() != want.keys():
            return math.inf, f"{path} keys {sorted(got)}, stored {sorted(want)}"
        return largest([values(got[key], want[key], f"{path}.{key}") for key in want], path)
    if isinstance(got, list) and isinstance(want, list):
        if all(map(is_number, got + want)) or len(got) != len(want):
            return numbers(got, want), path
        pairs = enumerate(zip(got, want))
        return largest([values(*pair, f"{path}[{i}]") for i, pair in pairs], path)
    return (0.0 if type(got) is type(want) and got == want else math.inf), path


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number and not a boolean."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def largest(found: list[tuple[float, str]], path: str) -> tuple[float, str]:
    """The largest of some differences, or none."""
    return max(found, key=lambda pair: pair[0], default=(0.0, path))
